import { describe, expect, it } from "vitest";
import { splitRows, type ValidSplit } from "../../src/data/split.ts";
import { booleans, numbers, rows, tableOf, texts } from "./columns.ts";

const table = tableOf(
  numbers("n", [...rows(10)]),
  booleans(
    "held",
    [...rows(10)].map((row) => row % 4 === 1),
  ),
  numbers(
    "held01",
    [...rows(10)].map((row) => Number(row === 9)),
  ),
  texts("word", Array(10).fill("x")),
  booleans("gap", [null, ...Array(9).fill(true)]),
);
const split = (valid: ValidSplit, seed?: number) => {
  const { trainRows, validRows } = splitRows(table, valid, seed);
  return { train: [...trainRows], valid: [...validRows] };
};

describe("splitRows", () => {
  it("holds out the first or last rows", () => {
    expect(split({ first: 3 })).toEqual({ train: [3, 4, 5, 6, 7, 8, 9], valid: [0, 1, 2] });
    expect(split({ last: 3 })).toEqual({ train: [0, 1, 2, 3, 4, 5, 6], valid: [7, 8, 9] });
    expect(split({ first: 9 }).train).toEqual([9]);
  });

  it("holds out given rows in the given order and trains on the sorted rest", () => {
    expect(split({ indices: [7, 2] })).toEqual({ train: [0, 1, 3, 4, 5, 6, 8, 9], valid: [7, 2] });
    expect(split({ indices: Uint32Array.of(0) }).valid).toEqual([0]);
  });

  it("holds out what a column marks", () => {
    expect(split({ column: "held" }).valid).toEqual([1, 5, 9]);
    expect(split({ column: "held01" })).toEqual({ train: [0, 1, 2, 3, 4, 5, 6, 7, 8], valid: [9] });
  });

  it("holds out a random share, rounded down, the same for the same seed", () => {
    const { train, valid } = split({ fraction: 0.39, seed: 1 });
    expect(valid.length).toBe(3);
    expect([...train, ...valid].sort((a, b) => a - b)).toEqual([...rows(10)]);
    expect(split({ fraction: 0.39, seed: 1 }).valid).toEqual(valid);
    expect(split({ fraction: 0.39 }, 1).valid).toEqual(valid);
    const seeds = Array.from({ length: 20 }, (_, seed) => String(split({ fraction: 0.39, seed }).valid));
    expect(new Set(seeds).size).toBeGreaterThan(10);
  });

  it("holds out every row equally often", () => {
    const counts = new Array(10).fill(0);
    for (let seed = 0; seed < 2000; seed++)
      for (const row of split({ fraction: 0.3, seed }).valid) counts[row]++;
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(5 * Math.sqrt(2000 * 0.3 * 0.7)); // 5 sigma
  });

  it("none: all rows train", () => {
    expect(split("none")).toEqual({ train: [...rows(10)], valid: [] });
  });

  it.each<[ValidSplit, string]>([
    [
      { first: 10 },
      "valid.first is 10, but the table has 10 rows; at least one must be left for training. Hold out fewer.",
    ],
    [{ last: 11 }, "valid.last is 11, but the table has 10 rows"],
    [{ first: 0 }, "valid.first is 0; it must be a positive number of rows."],
    [{ last: 1.5 }, "valid.last is 1.5; it must be a positive number of rows."],
    [{ fraction: 0 }, "valid.fraction is 0; it must lie between 0 and 1, such as 0.2."],
    [{ fraction: 1 }, "valid.fraction is 1; it must lie between 0 and 1"],
    [{ fraction: 20 }, "valid.fraction is 20; it must lie between 0 and 1"],
    [
      { fraction: 0.05 },
      'valid: {"fraction":0.05} holds out none of the 10 rows. Hold out at least one, or pass valid: "none" to train on all.',
    ],
    [{ indices: [] }, "holds out none of the 10 rows"],
    [{ indices: [3, 10] }, "valid.indices[1] is 10; rows are counted from 0 to 9."],
    [{ indices: [-1] }, "valid.indices[0] is -1; rows are counted from 0 to 9."],
    [{ indices: [3, 3] }, "valid.indices names row 3 (counted from 0) twice; name each row once."],
    [{ indices: rows(10) }, "leaves no training rows: the table has 10. Hold out fewer."],
    [{ column: "word" }, 'The split column "word" is neither true/false nor 0/1 in row 0 (counted from 0).'],
    [{ column: "n" }, 'The split column "n" is neither true/false nor 0/1 in row 2 (counted from 0).'],
    [
      { column: "gap" },
      'The split column "gap" is missing in row 0 (counted from 0). Say true or false in every row.',
    ],
    [{ column: "Held" }, 'There is no column "Held". Did you mean "held"'],
    [
      { frist: 3 } as unknown as ValidSplit,
      'valid has the keys "frist"; give { first }, { last }, { fraction }, { indices }, { column } or "none".',
    ],
  ])("refuses %j", (valid, message) => {
    expect(() => split(valid)).toThrow(message);
  });
});
