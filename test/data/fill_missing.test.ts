import { describe, expect, it } from "vitest";
import { applyFillMissing, fitFillMissing } from "../../src/data/fill_missing.ts";
import { rows } from "./columns.ts";

const fitted = (values: number[], options = {}, train = rows(values.length)) =>
  fitFillMissing("age", Float64Array.from(values), train, options);

describe("fitFillMissing", () => {
  it("fits nothing where no training row has a gap", () => {
    expect(fitted([1, 2, 3])).toBeUndefined();
    expect(fitted([1, 2, Number.NaN], {}, rows(2))).toBeUndefined();
  });

  it("takes the median: the mean of the two middle values for even counts", () => {
    expect(fitted([10, Number.NaN, 1, 3])).toBe(3);
    expect(fitted([10, Number.NaN, 1, 3, 4])).toBe(3.5);
    expect(fitted([-5, -40, Number.NaN])).toBe(-22.5);
  });

  it("looks at training rows only", () => {
    expect(fitted([1, Number.NaN, 3, 1000, 1000, 1000], {}, rows(3))).toBe(2);
  });

  it("takes the mode: of equally frequent values the first seen", () => {
    expect(fitted([2, 7, 7, 2, 9, Number.NaN], { strategy: "mode" })).toBe(2);
    expect(fitted([2, 7, 7, 2, 7, Number.NaN], { strategy: "mode" })).toBe(7);
  });

  it("takes a constant: 0, one for all, or one per column", () => {
    expect(fitted([1, Number.NaN], { strategy: "constant" })).toBe(0);
    expect(fitted([1, Number.NaN], { strategy: "constant", fill: -1 })).toBe(-1);
    expect(fitted([1, Number.NaN], { strategy: "constant", fill: { age: 9 } })).toBe(9);
    expect(fitted([1, Number.NaN], { strategy: "constant", fill: { km: 9 } })).toBe(0);
  });

  it("refuses a column without any value in the training rows", () => {
    expect(() => fitted([Number.NaN, Number.NaN, 5], { strategy: "constant" }, rows(2))).toThrow(
      'Column "age" is missing in every training row, so there is nothing to learn from it. Leave it out.',
    );
  });
});

describe("applyFillMissing", () => {
  const values = Float64Array.of(1, Number.NaN, 3);

  it("fills gaps and leaves its input alone", () => {
    expect([...applyFillMissing("age", values, 7, false, 0)]).toEqual([1, 7, 3]);
    expect(values[1]).toBeNaN();
  });

  it("throws where training had no gap", () => {
    expect(() => applyFillMissing("age", values, undefined, false, 0)).toThrow(
      'Column "age" is missing in row 1 (counted from 0) but never was in training, so there is no fill value. Fill it first, or fit again with such rows.',
    );
  });

  it("lenient: falls back", () => {
    expect([...applyFillMissing("age", values, undefined, true, 2)]).toEqual([1, 2, 3]);
  });
});
