import { describe, expect, it } from "vitest";
import { addCyclicDatepart } from "../../src/data/cyclic_datepart.ts";
import { expectClose } from "../support/close.ts";
import { dates, tableOf } from "./columns.ts";

describe("addCyclicDatepart", () => {
  it("adds cosine and sine of each cycle, in fastai's order", () => {
    const table = addCyclicDatepart(tableOf(dates("Date", ["2015-07-31"])), "Date");
    expect(table.names).toEqual(
      ["weekday", "day_month", "month_year", "day_year"].flatMap((name) => [`${name}_cos`, `${name}_sin`]),
    );
    const shares = [4 / 7, 30 / 31, 6 / 12, 211 / 365];
    const expected = shares.flatMap((share) => [
      Math.cos(2 * Math.PI * share),
      Math.sin(2 * Math.PI * share),
    ]);
    expectClose(Object.values(table.toRecords()[0]).map(Number), expected, 1e-15);
  });

  it("adds the clock and the linear year", () => {
    const table = addCyclicDatepart(tableOf(dates("Date", ["2012-07-02T15:30:45Z"])), "Date", {
      time: true,
      addLinear: true,
    });
    const cells = table.toRecords()[0] as Record<string, number>;
    const found = [cells.hour_cos, cells.clock_sin, cells.min_cos, cells.sec_sin, cells.year_lin];
    const passed = (183 + (15 * 3600 + 30 * 60 + 45) / 86400) / 366;
    expectClose(found, [Math.cos((2 * Math.PI * 15) / 24), 1, -1, -1, 2012 + passed], 1e-12);
  });

  it("keeps gaps", () => {
    const [cells] = addCyclicDatepart(tableOf(dates("Date", [null])), "Date").toRecords();
    expect(Object.values(cells).every((cell) => cell === null)).toBe(true);
  });
});
