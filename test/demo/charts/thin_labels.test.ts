import { describe, expect, it } from "vitest";
import { placeLabels } from "../../../demo/charts/thin_labels.ts";

const box = (left: number, top: number, width = 10, height = 5) => ({ left, top, width, height });

describe("placeLabels", () => {
  it("gives the first label its best place and those that would cover it another or none", () => {
    expect(placeLabels([[box(0, 0)], [box(9, 4), box(20, 0)], [box(5, 2), box(25, 3)]])).toEqual([0, 1, -1]);
  });

  it("lets labels touch but not cover each other", () => {
    expect(placeLabels([[box(0, 0)], [box(10, 0)], [box(0, 5)], [box(9.9, 4.9)]])).toEqual([0, 0, 0, -1]);
  });

  it("keeps clear of points", () => {
    expect(placeLabels([[box(0, 0), box(-12, 0)]], [box(5, 2, 1, 1)])).toEqual([1]);
    expect(placeLabels([])).toEqual([]);
  });
});
