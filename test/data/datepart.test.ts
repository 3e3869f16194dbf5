import { describe, expect, it } from "vitest";
import { addDatepart, defaultDatePrefix } from "../../src/data/datepart.ts";
import { datePartNames } from "../../src/data/datepart_names.ts";
import { dates, numbers, tableOf, texts } from "./columns.ts";

const FLAGS = [
  "Is_month_end",
  "Is_month_start",
  "Is_quarter_end",
  "Is_quarter_start",
  "Is_year_end",
  "Is_year_start",
];

/** The parts of one date; flags that are true are listed by name. */
function partsOf(date: string) {
  const [cells] = addDatepart(tableOf(dates("Date", [date])), "Date").toRecords();
  const flags = FLAGS.filter((name) => cells[name] === true);
  return [
    cells.Year,
    cells.Month,
    cells.Week,
    cells.Day,
    cells.Dayofweek,
    cells.Dayofyear,
    cells.Elapsed,
    flags,
  ];
}

describe("addDatepart", () => {
  it.each([
    ["2015-07-31", [2015, 7, 31, 31, 4, 212, 1438300800, ["Is_month_end"]]],
    ["2015-12-31", [2015, 12, 53, 31, 3, 365, 1451520000, ["Is_month_end", "Is_quarter_end", "Is_year_end"]]],
    [
      "2016-01-01",
      [2016, 1, 53, 1, 4, 1, 1451606400, ["Is_month_start", "Is_quarter_start", "Is_year_start"]],
    ],
    ["2012-02-29", [2012, 2, 9, 29, 2, 60, 1330473600, ["Is_month_end"]]],
    ["2013-04-01", [2013, 4, 14, 1, 0, 91, 1364774400, ["Is_month_start", "Is_quarter_start"]]],
    ["2018-12-31", [2018, 12, 1, 31, 0, 365, 1546214400, ["Is_month_end", "Is_quarter_end", "Is_year_end"]]],
    ["2010-01-03", [2010, 1, 53, 3, 6, 3, 1262476800, []]],
    ["1969-12-29", [1969, 12, 1, 29, 0, 363, -259200, []]],
    [
      "2000-12-31T23:59:59.5Z",
      [2000, 12, 52, 31, 6, 366, 978307199, ["Is_month_end", "Is_quarter_end", "Is_year_end"]],
    ],
  ])("expands %s", (date, expected) => {
    expect(partsOf(date)).toEqual(expected);
  });

  it("appends the parts in fastai's order and drops the source", () => {
    const table = addDatepart(tableOf(dates("saledate", ["2015-07-31"]), numbers("y", [1])), "saledate", {
      time: true,
    });
    expect(table.names).toEqual([
      "y", "saleYear", "saleMonth", "saleWeek", "saleDay", "saleDayofweek", "saleDayofyear", "saleIs_month_end",
      "saleIs_month_start", "saleIs_quarter_end", "saleIs_quarter_start", "saleIs_year_end", "saleIs_year_start",
      "saleHour", "saleMinute", "saleSecond", "saleElapsed",
    ]); // biome-ignore format: a list
  });

  it("keeps the source if asked, and takes a prefix", () => {
    const table = addDatepart(tableOf(dates("Date", ["2015-07-31"])), "Date", { drop: false, prefix: "d_" });
    expect(table.names).toEqual(["Date", ...datePartNames("d_", false)]);
  });

  it("gives the clock in UTC", () => {
    const table = addDatepart(tableOf(texts("t", ["2015-07-31T13:45:10Z"])), "t", { time: true, prefix: "" });
    expect(table.toRecords()[0]).toMatchObject({ Hour: 13, Minute: 45, Second: 10 });
  });

  it("has missing numbers and false flags where the date is missing", () => {
    const [cells] = addDatepart(tableOf(dates("Date", [null])), "Date").toRecords();
    expect(cells).toMatchObject({
      Year: null,
      Week: null,
      Elapsed: null,
      Is_month_end: false,
      Is_year_start: false,
    });
  });

  it("parses text, and names the row that is no date", () => {
    const table = tableOf(texts("Date", ["2015-07-31", null, "soon"]));
    expect(() => addDatepart(table, "Date")).toThrow(
      'Column "Date" holds "soon" in row 2 (counted from 0), which is not a date. Dates are written like 2015-07-31 or 2015-07-31T13:45:00.',
    );
  });

  it("refuses numbers", () => {
    expect(() => addDatepart(tableOf(numbers("Date", [20150731])), "Date")).toThrow(
      'Column "Date" holds numbers, not dates.',
    );
  });

  it("refuses to overwrite a column", () => {
    const table = tableOf(dates("Date", ["2015-07-31"]), numbers("Week", [31]));
    expect(() => addDatepart(table, "Date")).toThrow(
      'Expanding the date column "Date" would add a column "Week", which the table already has. Give another prefix, or drop the existing column.',
    );
  });
});

describe("defaultDatePrefix", () => {
  it.each([
    ["Date", ""],
    ["saledate", "sale"],
    ["SaleDate", "Sale"],
    ["dated", "dated"],
    ["DATE", "DATE"],
  ])("of %s is %j", (name, prefix) => {
    expect(defaultDatePrefix(name)).toBe(prefix);
  });
});
