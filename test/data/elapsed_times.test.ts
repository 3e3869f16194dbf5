import { describe, expect, it } from "vitest";
import { addElapsedTimes } from "../../src/data/elapsed_times.ts";
import type { NumberColumn } from "../../src/data/table.ts";
import { booleans, dates, numbers, tableOf, texts } from "./columns.ts";

describe("addElapsedTimes", () => {
  // Shop a, newest first: promo on the 3rd and 10th; shop b never.
  const days = ["2020-01-12", "2020-01-10", "2020-01-05", "2020-01-03", "2020-01-01"];
  const table = tableOf(
    texts("shop", [...days.map(() => "a"), "b"]),
    dates("Date", [...days, "2020-01-10"]),
    booleans("promo", [false, true, false, true, null, false]),
  );
  const made = addElapsedTimes(table, ["promo"], "Date", "shop");
  const values = (name: string) => [...(made.column(name) as NumberColumn).values];

  it("counts days since and until the event, 0 where there is none", () => {
    expect(values("Afterpromo")).toEqual([2, 0, 2, 0, 0, 0]);
    expect(values("Beforepromo")).toEqual([0, 0, -5, 0, -2, 0]);
  });

  it("sums the flag over this row and the six before or after it", () => {
    expect(values("promo_bw")).toEqual([2, 2, 1, 1, 0, 0]);
    expect(values("promo_fw")).toEqual([0, 1, 1, 2, 2, 0]);
  });

  it("windows hold seven rows", () => {
    const long = tableOf(
      numbers("shop", Array(10).fill(1)),
      dates(
        "Date",
        Array.from({ length: 10 }, (_, i) => `2020-02-${10 + i}`),
      ),
      numbers("open", Array(10).fill(1)),
    );
    const sums = addElapsedTimes(long, ["open"], "Date", "shop");
    expect([...(sums.column("open_bw") as NumberColumn).values]).toEqual([1, 2, 3, 4, 5, 6, 7, 7, 7, 7]);
    expect([...(sums.column("open_fw") as NumberColumn).values]).toEqual([7, 7, 7, 7, 6, 5, 4, 3, 2, 1]);
  });

  it("refuses fields that are no flags, missing dates and two rows of one day", () => {
    const bad = tableOf(numbers("shop", [1, 1]), dates("Date", ["2020-01-01", null]), numbers("f", [0, 2]));
    expect(() => addElapsedTimes(bad, ["f"], "Date", "shop")).toThrow(
      'Column "Date" is missing in row 1 (counted from 0)',
    );
    const twin = tableOf(
      numbers("shop", [1, 1]),
      dates("Date", ["2020-01-01", "2020-01-01"]),
      numbers("f", [0, 2]),
    );
    expect(() => addElapsedTimes(twin, ["f"], "Date", "shop")).toThrow(
      '"shop" and "Date" are the same in rows 0, 1 (counted from 0); elapsed times need one row per group and date.',
    );
    const flags = tableOf(
      numbers("shop", [1, 2]),
      dates("Date", ["2020-01-01", "2020-01-01"]),
      numbers("f", [0, 2]),
    );
    expect(() => addElapsedTimes(flags, ["f"], "Date", "shop")).toThrow(
      'Column "f" is neither true/false nor 0/1 in row 1 (counted from 0)',
    );
  });
});
