import { describe, expect, it } from "vitest";
import { spreadLabels } from "../../../demo/charts/spread_labels.ts";

describe("labels of one column", () => {
  it("stay where they are while there is room", () => {
    expect(spreadLabels([90, 10, 50], 12, 0, 100)).toEqual([90, 10, 50]);
    expect(spreadLabels([], 12, 0, 100)).toEqual([]);
  });

  it("move apart in their order, down and at the bottom up again", () => {
    expect(spreadLabels([21, 20, 20], 10, 0, 100)).toEqual([40, 20, 30]);
    expect(spreadLabels([99, 98, 60], 10, 0, 100)).toEqual([100, 90, 60]);
    expect(spreadLabels([-5, 3], 10, 0, 100)).toEqual([0, 10]);
  });

  it("keep their distance where not all fit", () => {
    expect(spreadLabels([5, 5, 5], 10, 0, 15)).toEqual([0, 10, 20]);
  });
});
