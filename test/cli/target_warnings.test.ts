import { describe, expect, it } from "vitest";
import { baselineLoss } from "../../src/cli/baseline_loss.ts";
import { targetWarnings } from "../../src/cli/target_warnings.ts";
import { TabularData, type TabularDataOptions } from "../../src/data/tabular_data.ts";
import { numbers, tableOf, texts } from "../data/columns.ts";

const x = numbers("x", [1.5, 2.5, 3.5, 4.5, 5.5, 6.5]);
const table = tableOf(
  x,
  numbers("y", [1, 3, 2, 2, 5, 0]),
  numbers("z", [0, 2, 4, 2, 2, 3]),
  texts("class", ["a", "a", "a", "b", "b", "a"]),
  numbers("yes", [0, 1, 1, 0, 1, 0]),
  numbers("also", [1, 1, 0, 0, 1, 0]),
);
const dataOf = (options: TabularDataOptions) =>
  TabularData.from(table, { continuous: ["x"], valid: { last: 2 }, ...options });

describe("baselineLoss", () => {
  it("is the mean square around the training mean, over all targets", () => {
    expect(baselineLoss(dataOf({ target: "y" }))?.loss).toBeCloseTo((3 ** 2 + 2 ** 2) / 2, 12);
    const two = (3 ** 2 + 2 ** 2 + 0 ** 2 + 1 ** 2) / 4;
    expect(baselineLoss(dataOf({ target: ["y", "z"] }))?.loss).toBeCloseTo(two, 12);
  });

  it("is the cross-entropy of the classes' shares in training", () => {
    const expected = -(Math.log(1 / 4) + Math.log(3 / 4)) / 2;
    expect(baselineLoss(dataOf({ target: "class" }))?.loss).toBeCloseTo(expected, 12);
  });

  it("is null where there is nothing to compare", () => {
    expect(baselineLoss(dataOf({ target: "y", valid: "none" }))).toBeNull();
    expect(baselineLoss(dataOf({ target: ["yes", "also"], task: "multilabel" }))).toBeNull();
  });
});

describe("targetWarnings", () => {
  const warnings = (options: TabularDataOptions) =>
    targetWarnings(dataOf(options), { tabular: options, model: {} });

  it("asks about 0/1 targets that nobody called a number", () => {
    expect(warnings({ target: "yes" })).toEqual([
      'Only 0 and 1 in target "yes", learned as a number (regression). If they mean no and yes, add task: "classification".',
    ]);
    expect(warnings({ target: ["yes", "also"] })[0]).toContain('"yes", "also"');
    expect(warnings({ target: ["yes", "also"] })[0]).toContain('task: "multilabel"');
    expect(warnings({ target: "yes", task: "regression" })).toEqual([]);
    expect(warnings({ target: "yes", task: "classification" })).toEqual([]);
    expect(warnings({ target: "y" })).toEqual([]);
  });
});
