import { describe, expect, it } from "vitest";
import { type Column, cellValue } from "../../src/data/column.ts";
import { ColumnBuilder, type ColumnBuilderOptions } from "../../src/data/column_builder.ts";
import { DAY } from "../../src/data/dates.ts";

/** Builds a column from blocks of texts; a file's lines are counted from 2, after the header. */
function build(blocks: string[][], options?: ColumnBuilderOptions): Column {
  const builder = new ColumnBuilder("x", options);
  let line = 2;
  for (const block of blocks) {
    const first = line;
    builder.append(
      block.map((text) => [text]),
      0,
      (row) => first + row,
    );
    line += block.length;
  }
  return builder.finish();
}

/** More distinct texts than a dictionary of numbers or dates may have. */
const many = (text: (i: number) => string) => Array.from({ length: 70_000 }, (_, i) => text(i));
const cells = (column: Column, ...rows: number[]) => rows.map((row) => cellValue(column, row));

describe("ColumnBuilder", () => {
  it("keeps each text once, and gaps as −1", () => {
    expect(
      build([
        ["a", "NA", "b"],
        ["a", "", " null "],
      ]),
    ).toEqual({
      kind: "text",
      name: "x",
      dictionary: ["a", "b"],
      codes: Int32Array.of(0, -1, 1, 0, -1, -1),
    });
  });

  it("keeps the blanks of texts, and ignores those of numbers", () => {
    expect(build([["a", " a"]])).toMatchObject({ dictionary: ["a", " a"] });
    expect(build([[" 1", "2 "]])).toEqual({
      kind: "number",
      name: "x",
      values: Float64Array.of(1, 2),
      integer: true,
    });
  });

  it("tells integers from floats by how they are written", () => {
    expect(build([["1", "2"]])).toMatchObject({ integer: true });
    expect(build([["1", "2.0"]])).toMatchObject({ integer: false });
    expect(build([["1", "NaN"]])).toMatchObject({ integer: true });
  });

  it("reads truth values and dates", () => {
    expect(build([["True", "", "false"]])).toMatchObject({
      kind: "boolean",
      values: Uint8Array.of(1, 255, 0),
    });
    expect(build([["1970-01-02", ""]])).toMatchObject({
      kind: "date",
      values: Float64Array.of(DAY, Number.NaN),
    });
  });

  it("calls a column of gaps a number", () => {
    expect(build([["", "NA"]])).toMatchObject({
      kind: "number",
      values: Float64Array.of(Number.NaN, Number.NaN),
    });
  });

  it("reads as it is told", () => {
    expect(build([["1", "2"]], { kind: "text" })).toMatchObject({ kind: "text", dictionary: ["1", "2"] });
    expect(build([["007"]], { kind: "number" })).toMatchObject({ values: Float64Array.of(7) });
    expect(build([["1", "0", "true"]], { kind: "boolean" })).toMatchObject({
      values: Uint8Array.of(1, 0, 1),
    });
    expect(() => build([["1", "2"], ["?"]], { kind: "number" })).toThrow(
      'Column "x" holds "?" in row 2 (counted from 0), line 4, which is not a number such as 12 or 0.5. Correct it, read the column as another type, or add "?" to missing.',
    );
    expect(() => build([["31.7.2015"]], { kind: "date" })).toThrow("which is not a date such as 2015-07-31");
    expect(() => build([["yes"]], { kind: "boolean" })).toThrow("which is not true or false (or 1 or 0)");
  });

  it("takes other marks for gaps", () => {
    expect(build([["1", "?", ""]], { missing: ["?"] })).toMatchObject({ kind: "number", integer: true });
    expect(build([["NA", "DE"]], { missing: [] })).toMatchObject({ dictionary: ["NA", "DE"] });
  });

  it("goes over to values when numbers are many", () => {
    const column = build([many((i) => `${i}.5`), ["", "-1.25", "NA"]]);
    expect(column).toMatchObject({ kind: "number", integer: false });
    expect(cells(column, 0, 69_999, 70_000, 70_001, 70_002)).toEqual([0.5, 69_999.5, null, -1.25, null]);
  });

  it("keeps integers integers, until one is written with a point", () => {
    expect(build([many(String), ["7"]])).toMatchObject({ kind: "number", integer: true });
    expect(build([many(String), ["7.0"]])).toMatchObject({ kind: "number", integer: false });
  });

  it("takes a number for a gap where it is told to, among many numbers too", () => {
    const column = build([many(String), ["-999", "5"]], { missing: ["-999"] });
    expect(column).toMatchObject({ kind: "number", integer: true });
    expect(cells(column, 70_000, 70_001)).toEqual([null, 5]);
  });

  it("goes over to values when dates are many", () => {
    const column = build([many((i) => new Date(i * 60_000).toISOString()), ["1970-01-02"]]);
    expect(column.kind).toBe("date");
    expect(cells(column, 1, 70_000)).toEqual([new Date(60_000), new Date(DAY)]);
  });

  it("goes back to text when a late value is none, if nothing is lost", () => {
    const column = build([many(String), ["5", "", "A17", "5"]]);
    expect(column.kind).toBe("text");
    expect(cells(column, 5, 69_999, 70_000, 70_001, 70_002, 70_003)).toEqual([
      "5",
      "69999",
      "5",
      null,
      "A17",
      "5",
    ]);
  });

  it("goes back to text for a late leading zero", () => {
    const column = build([many(String), ["007"]]);
    expect(cells(column, 7, 70_000)).toEqual(["7", "007"]);
  });

  it("names the line of a late value that is none, if the texts are gone", () => {
    expect(() => build([many((i) => `${i}.0`), ["1.0", "A17"]])).toThrow(
      'Column "x" holds "A17" in row 70001 (counted from 0), line 70003, but so far it held numbers only. If the column is text, read it with types: { "x": "text" }; if this marks an unknown value, add "A17" to missing.',
    );
  });

  it("reads decimal commas only if told that there may be some", () => {
    expect(build([["12,5", "-3"]])).toMatchObject({ kind: "text" });
    expect(build([["12,5", "-3"]], { decimalComma: "clear" })).toEqual({
      kind: "number",
      name: "x",
      values: Float64Array.of(12.5, -3),
      integer: false,
    });
    expect(build([["1", "2"]], { decimalComma: "always" })).toMatchObject({ kind: "number", integer: true });
    expect(build([["1.5", "2,5"]], { decimalComma: "always" })).toMatchObject({ kind: "text" });
    expect(build([["007", "2,5"]], { decimalComma: "always" })).toMatchObject({ kind: "text" });
  });

  it("as numbers: takes one notation or the other, and shows the value that mixes them", () => {
    const told = { kind: "number", decimalComma: "clear" } as const;
    expect(cells(build([["1,234", "2"]], told), 0, 1)).toEqual([1.234, 2]);
    expect(cells(build([["1.234", "2"]], told), 0, 1)).toEqual([1.234, 2]);
    expect(() => build([["2"], ["1.5", "2,5"]], told)).toThrow(
      'Column "x" holds numbers with a decimal point, and "2,5" in row 2 (counted from 0). Write all of them in one way, or read the column as text: readCsv(file, { types: { "x": "text" } }).',
    );
    expect(() => build([["2,5", "x"]], told)).toThrow('holds "x" in row 1 (counted from 0), line 3, which');
  });

  it("keeps on reading decimal commas when they are many", () => {
    const commas = many((i) => `${i},5`);
    const column = build([commas, ["", "-1.000,25", "7"]], { decimalComma: "clear" });
    expect(column).toMatchObject({ kind: "number", integer: false });
    expect(cells(column, 0, 69_999, 70_000, 70_001, 70_002)).toEqual([0.5, 69_999.5, null, -1000.25, 7]);
    const texts = build([commas, ["A17"]], { decimalComma: "clear" });
    expect(cells(texts, 3, 70_000)).toEqual(["3,5", "A17"]);
  });

  it.each([undefined, "number"] as const)(
    "finds a first decimal comma after many integers, kind %s",
    (kind) => {
      const column = build([many(String), ["12,5"]], { kind, decimalComma: "clear" });
      expect(column).toMatchObject({ kind: "number", integer: false });
      expect(cells(column, 3, 70_000)).toEqual([3, 12.5]);
    },
  );

  it("keeps many texts as texts", () => {
    const column = build([many((i) => `customer number ${i}`), ["customer number 3", "new"]]);
    expect(column).toMatchObject({ kind: "text" });
    expect(cells(column, 3, 70_000, 70_001)).toEqual(["customer number 3", "customer number 3", "new"]);
  });
});
