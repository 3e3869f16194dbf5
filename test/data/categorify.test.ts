import { describe, expect, it } from "vitest";
import { applyCategorify, decodeCategory, fitCategorify } from "../../src/data/categorify.ts";
import type { Vocab } from "../../src/data/preprocessing.ts";
import type { Column } from "../../src/data/table.ts";
import { booleans, dates, numbers, rows, texts } from "./columns.ts";

function codesOf(column: Column, vocab: Vocab): number[] {
  const count = column.kind === "text" ? column.codes.length : column.values.length;
  const codes = new Uint32Array(count * 2);
  applyCategorify(column, vocab, codes, 2, 1);
  expect(codes.filter((_, i) => i % 2 === 0).every((code) => code === 0)).toBe(true); // the neighbour's column
  return [...codes.filter((_, i) => i % 2 === 1)];
}

describe("fitCategorify", () => {
  it("sorts strings by code point", () => {
    const column = texts("c", ["é", "a", "Z", "A", "9", "10", "", "\u{1f600}", "\uff5e"]);
    expect(fitCategorify(column, rows(9)).levels).toEqual(
      ["", "10", "9", "A", "Z", "a", "é", "\uff5e", "\u{1f600}"], // UTF-16 order would swap the last two
    );
  });

  it("sorts numbers by size and false before true", () => {
    expect(fitCategorify(numbers("n", [10, 9, -1, 0.5, 9, null]), rows(6)).levels).toEqual([-1, 0.5, 9, 10]);
    expect(fitCategorify(booleans("b", [true, null, false]), rows(3)).levels).toEqual([false, true]);
    expect(fitCategorify(booleans("b", [true, null]), rows(2)).levels).toEqual([true]);
  });

  it("keeps dates as ISO text, in order", () => {
    const column = dates("d", ["2015-07-31", "2014-01-01T12:00Z", null, "2015-07-31"]);
    expect(fitCategorify(column, rows(4))).toEqual({
      name: "d",
      type: "date",
      levels: ["2014-01-01T12:00:00.000Z", "2015-07-31"],
    });
  });

  it("sees training rows only", () => {
    expect(fitCategorify(texts("c", ["b", "a", "new"]), rows(2)).levels).toEqual(["a", "b"]);
    expect(fitCategorify(numbers("n", [2, 1, 3]), rows(2)).levels).toEqual([1, 2]);
  });

  it("refuses a column without any value", () => {
    expect(() => fitCategorify(texts("c", [null, null, "x"]), rows(2))).toThrow(
      'Column "c" is missing in every training row, so it has no categories. Leave it out.',
    );
  });

  it("refuses a value per row from 50 rows on", () => {
    const ids = (n: number) =>
      texts(
        "id",
        Array.from({ length: n }, (_, i) => `x${i}`),
      );
    expect(fitCategorify(ids(49), rows(49)).levels.length).toBe(49);
    expect(() => fitCategorify(ids(50), rows(50))).toThrow(
      'Column "id" has a different value in each of the 50 training rows. An embedding can only learn from categories that repeat. Leave it out.',
    );
    const oneTwice = texts(
      "id",
      Array.from({ length: 50 }, (_, i) => `x${i % 49}`),
    );
    expect(fitCategorify(oneTwice, rows(50)).levels.length).toBe(49);
    expect(() => fitCategorify(numbers("id", [...rows(50)]), rows(50))).toThrow(
      "Use it as a continuous column, or leave it out.",
    );
  });

  it("refuses infinities", () => {
    expect(() => fitCategorify(numbers("n", [1, Number.NEGATIVE_INFINITY]), rows(2))).toThrow(
      'Column "n" is infinite in row 1 (counted from 0).',
    );
  });
});

describe("applyCategorify", () => {
  it("gives a value's place plus 1, and 0 to missing and unseen ones", () => {
    const vocab: Vocab = { name: "c", type: "text", levels: ["a", "b"] };
    expect(codesOf(texts("c", ["b", null, "new", "a"]), vocab)).toEqual([2, 0, 0, 1]);
  });

  it.each([
    ["whole numbers close together", [1, 2, 3]],
    ["whole numbers far apart", [1, 2, 3, 1e9]],
    ["fractions", [1, 2, 2.5, 3]],
    ["negative numbers", [-7, 1, 2, 3]],
  ])("matches %s by value", (_, levels) => {
    const vocab: Vocab = { name: "n", type: "number", levels };
    const place = (value: number) => levels.indexOf(value) + 1;
    const values = [3, 3.5, null, -8, 1, 4, 1e300, 2 ** 32 + 1, -0.5, levels[levels.length - 1], levels[0]];
    expect(codesOf(numbers("n", values), vocab)).toEqual(
      values.map((value) => (value === null ? 0 : place(value))),
    );
  });

  it("takes 0 and −0 for the same", () => {
    expect(codesOf(numbers("n", [-0, 0]), { name: "n", type: "number", levels: [0, 0.5] })).toEqual([1, 1]);
    expect(codesOf(numbers("n", [-0, 0]), { name: "n", type: "number", levels: [0, 1] })).toEqual([1, 1]);
  });

  it("matches truth values and dates", () => {
    const flags: Vocab = { name: "b", type: "boolean", levels: [false, true] };
    expect(codesOf(booleans("b", [true, null, false]), flags)).toEqual([2, 0, 1]);
    const days: Vocab = { name: "d", type: "date", levels: ["2014-01-01", "2015-07-31T12:00:00.000Z"] };
    expect(codesOf(dates("d", ["2015-07-31T12:00Z", "2015-07-31", null, "2014-01-01"]), days)).toEqual([
      2, 0, 0, 1,
    ]);
  });

  it('refuses another kind: "3" is not 3, 1 is not true', () => {
    const vocab: Vocab = { name: "c", type: "text", levels: ["3"] };
    expect(() => codesOf(numbers("c", [3]), vocab)).toThrow(
      'Column "c" holds numbers, but held text when the categories were fitted, so nothing would match ("3" is not 3). Read it as text: readCsv(file, { types: { "c": "text" } }).',
    );
    expect(() => codesOf(numbers("c", [1]), { name: "c", type: "boolean", levels: [true] })).toThrow(
      'Column "c" holds numbers, but held true and false',
    );
  });

  it("accepts a column of gaps, whose kind was a guess", () => {
    expect(codesOf(numbers("c", [null, null]), { name: "c", type: "text", levels: ["3"] })).toEqual([0, 0]);
  });
});

describe("decodeCategory", () => {
  it("turns a code back", () => {
    const vocab: Vocab = { name: "n", type: "number", levels: [5, 7] };
    expect([0, 1, 2].map((code) => decodeCategory(code, vocab))).toEqual(["#na#", 5, 7]);
  });
});
