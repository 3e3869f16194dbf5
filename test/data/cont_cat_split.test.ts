import { describe, expect, it } from "vitest";
import { contCatSplit } from "../../src/data/cont_cat_split.ts";
import { booleans, dates, numbers, rows, tableOf, texts } from "./columns.ts";

const cycle = (n: number) => [...rows(60)].map((row) => row % n);

describe("contCatSplit", () => {
  const table = tableOf(
    numbers("float", cycle(2), false),
    numbers("int20", cycle(20)),
    numbers("int21", cycle(21)),
    numbers("gaps", [null, ...cycle(3).slice(1)]),
    booleans("flag", cycle(2).map(Boolean)),
    texts("word", cycle(2).map(String)),
    dates("day", Array(60).fill("2020-01-01")),
    numbers("y", cycle(30)),
  );

  it("calls floats and integers with more than 20 values continuous, all else categorical", () => {
    expect(contCatSplit(table, 20, ["y"])).toEqual({
      continuous: ["float", "int21", "gaps"], // integers with gaps are floats in pandas
      categorical: ["int20", "flag", "word", "day"],
    });
  });

  it("counts negative, huge and fractional values, and −0 as 0", () => {
    const odd = [-5000, -4096, -4095, -1, -0, 0, 0.5, 4095, 4096, 2 ** 40];
    const column = numbers(
      "x",
      [...rows(60)].map((row) => odd[row % odd.length]),
      true,
    );
    expect(contCatSplit(tableOf(column), 8).continuous).toEqual(["x"]);
    expect(contCatSplit(tableOf(column), 9).continuous).toEqual([]);
  });

  it("takes another limit", () => {
    expect(contCatSplit(table, 19).continuous).toEqual(["float", "int20", "int21", "gaps", "y"]);
    expect(contCatSplit(table, 1).continuous).toContain("int20");
    expect(contCatSplit(table, 30).continuous).toEqual(["float", "gaps"]);
  });
});
