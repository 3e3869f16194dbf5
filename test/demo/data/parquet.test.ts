import { readFileSync } from "node:fs";
import { type Column, readCsv } from "tabgpu";
import { describe, expect, it } from "vitest";
import { readTableFile } from "../../../demo/data/read_file.ts";

const file = (name: string, cut?: number) => {
  const bytes = readFileSync(new URL(`../files/${name}`, import.meta.url));
  return new File([bytes.subarray(0, cut)], name);
};
const read = (name: string, cut?: number) =>
  readTableFile(file(name, cut), new AbortController().signal, () => {});

const valuesOf = (column: Column) =>
  column.kind === "text"
    ? Array.from(column.codes, (code) => (code < 0 ? null : column.dictionary[code]))
    : Array.from(column.values);

describe("a Parquet file of every kind (two row groups, zstd)", async () => {
  const { table, notes } = await read("kinds.parquet");
  const { NaN: gap } = Number;
  const at = (...fields: Parameters<typeof Date.UTC>) => Date.UTC(...fields);
  // The second row is the gap of each column.
  it.each<[string, Partial<Column>, unknown[]]>([
    ["int32", { kind: "number", integer: true }, [1, gap, -3, 4]],
    ["int64", { kind: "number", integer: true }, [1, gap, 9007199254740991, -4]],
    ["beyond", { kind: "text" }, ["9007199254740993", null, "1", "2"]],
    ["unsigned", { kind: "number", integer: true }, [4294967295, gap, 0, 1]],
    ["float", { kind: "number", integer: false }, [0.5, gap, gap, -2]],
    ["double", { kind: "number", integer: false }, [0.1, gap, 1e300, 3]],
    ["half", { kind: "number", integer: false }, [0.5, gap, 1.5, 65504]],
    ["decimal", { kind: "number", integer: false }, [0.07, gap, -1234567.89, 4.35]],
    ["boolean", { kind: "boolean" }, [1, 255, 0, 1]],
    ["text", { kind: "text" }, ["a", null, "ü", null]],
    ["dictionary", { kind: "text" }, ["x", null, "y", "x"]],
    ["iso", { kind: "date" }, [at(2015, 6, 31), gap, at(2015, 7, 1), at(2015, 6, 31)]],
    ["day", { kind: "date" }, [at(2015, 6, 31), gap, at(1969, 11, 31), at(2024, 1, 29)]],
    ...["millis", "micros", "nanos", "zoned"].map((name): [string, Partial<Column>, unknown[]] => [
      name,
      { kind: "date" },
      [at(2015, 6, 31, 13, 45, 10, 250), gap, -500, at(2024, 1, 29)],
    ]),
    ["empty", { kind: "number" }, [gap, gap, gap, gap]],
  ])("%s", (name, like, values) => {
    const column = table.column(name);
    expect(column).toMatchObject(like);
    expect(valuesOf(column)).toEqual(values);
  });

  it("leaves out what is no single value, and says so", () => {
    expect(table.has("list") || table.has("struct")).toBe(false);
    expect(notes).toEqual([
      "“list” is left out: it holds lists, and a cell holds one value. Write each part as a column of its own.",
      "“struct” is left out: it holds structures, and a cell holds one value. Write each part as a column of its own.",
    ]);
  });
});

describe("Parquet files", () => {
  it("may hold times as INT96 and be packed by gzip", async () => {
    const { table } = await read("int96.parquet");
    expect(valuesOf(table.column("when"))).toEqual([
      Date.UTC(2015, 6, 31, 13, 45, 10, 250),
      Number.NaN,
      -500,
      Date.UTC(2024, 1, 29),
    ]);
  });

  it("become the table that the same rows as CSV become", async () => {
    const [{ table }, csv] = [await read("shops.parquet"), await readCsv(file("shops.csv"))];
    expect(table.names).toEqual(csv.names);
    for (const name of csv.names) {
      expect(table.column(name).kind, name).toBe(csv.column(name).kind);
      expect(valuesOf(table.column(name)), name).toEqual(valuesOf(csv.column(name)));
    }
  });

  it("that are cut off are refused with a remedy", async () => {
    await expect(read("shops.parquet", 5000)).rejects.toThrow(
      /^shops\.parquet could not be read as Parquet \(.+\)\. The file may be cut off or damaged: write it again/,
    );
  });

  it("end reading when the signal aborts", async () => {
    const controller = new AbortController();
    const reading = readTableFile(file("kinds.parquet"), controller.signal, () => controller.abort());
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
  });
});
