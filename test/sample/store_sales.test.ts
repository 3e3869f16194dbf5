import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { TabularData } from "../../src/data/tabular_data.ts";
import { OptionError } from "../../src/errors.ts";
import { readCsv, toCsv } from "../../src/io/csv.ts";
import { storeSalesSample } from "../../src/sample/store_sales.ts";
import { columnsEqual } from "./columns_equal.ts";

const sample = storeSalesSample();

describe("storeSalesSample", () => {
  it("gives the same table for the same seed, byte for byte", () => {
    const checksum = createHash("sha256").update(toCsv(sample.table)).digest("hex");
    expect(checksum).toBe("826c7cefc75e20a3f6855239c117e24d7a0c7d8cc2dad3299b4a3f24a4502376");
  });

  it("gives another table for another seed", () => {
    const [a, b] = [1, 2].map((seed) => storeSalesSample({ rows: 1000, seed }).table);
    expect(toCsv(a)).not.toBe(toCsv(b));
  });

  it("is the beginning of any longer sample of its seed", () => {
    const short = storeSalesSample({ rows: 1050 }).table;
    expect(toCsv(short)).toBe(toCsv(sample.table.head(1050)));
  });

  it("has gaps where a real table has them, and no others", () => {
    const gaps = sample.table.columns.filter((column) =>
      column.kind === "text" ? column.codes.includes(-1) : column.values.some((value) => Number.isNaN(value)),
    );
    expect(gaps.map(({ name }) => name)).toEqual(["competition_distance", "events"]);
  });

  it("reads back from CSV as the same table", async () => {
    const { table } = storeSalesSample({ rows: 20_000 });
    columnsEqual(await readCsv(toCsv(table)), table);
  });

  it("is sorted by cont_cat_split as its own options say", () => {
    const { table, options } = storeSalesSample({ rows: 10_000 });
    const { preprocessing } = TabularData.from(table, { target: "sales", logTarget: true });
    expect(preprocessing.continuous.map(({ name }) => name)).toEqual(options.continuous);
    expect(preprocessing.categorical.map(({ name }) => name)).toEqual([
      ...options.categorical,
      "competition_distance_na",
    ]);
  });

  it("validates on the newest tenth", () => {
    const data = TabularData.from(sample.table, sample.options);
    expect([data.trainRows.length, data.validRows.length]).toEqual([54_000, 6_000]);
    expect(data.validRows[0]).toBe(54_000);
    expect(data.warnings).toEqual([]);
  });

  it("refuses sizes that make no sense", () => {
    expect(() => storeSalesSample({ rows: 10 })).toThrow(
      new OptionError("rows is 10; the sample has at least 1000 rows."),
    );
    expect(() => storeSalesSample({ seed: 0.5 })).toThrow(
      new OptionError("seed is 0.5; it must be an integer."),
    );
  });
});
