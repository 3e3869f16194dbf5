import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.ts";
import { embeddingSizeRule, embeddingSizesFor } from "../../src/model/embedding_sizes.ts";
import { rossmannConfig } from "../support/model_configs.ts";

// [levels including "#na#", width], as fastai prints them.
const golden: [number, number][] = [
  [2, 2],
  [3, 3],
  [4, 3],
  [5, 4],
  [6, 4],
  [7, 5],
  [8, 5],
  [9, 5],
  [10, 6],
  [11, 6],
  [12, 6],
  [13, 7],
  [16, 8],
  [20, 9],
  [22, 9],
  [24, 9],
  [25, 10],
  [26, 10],
  [27, 10],
  [32, 11],
  [50, 14],
  [53, 15],
  [73, 18],
  [75, 18],
  [100, 21],
  [128, 24],
  [141, 26],
  [178, 29],
  [256, 36],
  [366, 44],
  [500, 52],
  [1000, 77],
  [1116, 81],
  [5060, 190],
  [5242, 194],
  [10000, 278],
];

describe("embeddingSizeRule", () => {
  it.each(golden)("gives %i levels width %i as fastai prints it", (n, width) => {
    expect(embeddingSizeRule(n)).toBe(width);
  });

  it("reaches its cap of 600 at 39432 levels and not before", () => {
    expect(embeddingSizeRule(39431)).toBe(599);
    expect(embeddingSizeRule(39432)).toBe(600);
    expect(embeddingSizeRule(10_000_000)).toBe(600);
  });

  it("never falls on a half, where Python and JavaScript round differently", () => {
    const halves = Array.from({ length: 39432 }, (_, n) => 1.6 * n ** 0.56).filter((x) => x % 1 === 0.5);
    expect(halves).toEqual([]);
  });

  it.each([0, -1, 2.5, Number.NaN])("refuses %s levels", (n) => {
    expect(() => embeddingSizeRule(n)).toThrow(
      new OptionError(`embeddingSizeRule got ${n} levels; a column has a positive number of them.`),
    );
  });
});

describe("embeddingSizesFor", () => {
  it("gives the widths of the Rossmann model, 217 in all", () => {
    const expected = rossmannConfig().embeddingSizes;
    const cardinalities = expected.map(([n]) => n);
    const names = cardinalities.map((_, i) => `column ${i}`);
    const sizes = embeddingSizesFor(cardinalities, names);
    expect(sizes).toEqual(expected);
    expect(sizes.reduce((sum, [, width]) => sum + width, 0)).toBe(217);
  });

  it("takes the width given for a column and the rule's for the others", () => {
    expect(embeddingSizesFor([8, 4], ["day", "year"], { year: 10 })).toEqual([
      [8, 5],
      [4, 10],
    ]);
  });

  it("is not fooled by a column named like an object's method", () => {
    expect(embeddingSizesFor([8], ["toString"])).toEqual([[8, 5]]);
  });

  it("refuses a width for a column that is not categorical", () => {
    expect(() => embeddingSizesFor([8, 4], ["day", "year"], { yaer: 10 })).toThrow(
      new OptionError('embeddingSizes names "yaer", which is no categorical column; they are: day, year.'),
    );
  });

  it.each([0, 1.5, Number.NaN])("refuses a width of %s", (width) => {
    expect(() => embeddingSizesFor([8], ["day"], { day: width })).toThrow(
      new OptionError(`embeddingSizes["day"] is ${width}; a width is a positive integer.`),
    );
  });

  it("refuses names that do not match the cardinalities", () => {
    expect(() => embeddingSizesFor([8, 4], ["day"])).toThrow(
      new OptionError("embeddingSizesFor got 2 cardinalities and 1 names; give one of each per column."),
    );
  });
});
