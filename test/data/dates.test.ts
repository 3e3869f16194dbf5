import { describe, expect, it } from "vitest";
import { formatDate, parseDate } from "../../src/data/dates.ts";

describe("parseDate", () => {
  it.each([
    ["2015-07-31", "2015-07-31T00:00:00Z"],
    ["2015/07/31", "2015-07-31T00:00:00Z"],
    ["2015-07-31 13:45", "2015-07-31T13:45:00Z"],
    ["2015-07-31T13:45:10.25", "2015-07-31T13:45:10.250Z"],
    ["2015-07-31T13:45:10.123456789Z", "2015-07-31T13:45:10.123Z"],
    ["2015-07-31T13:45:10+02:00", "2015-07-31T11:45:10Z"],
    ["2015-07-31T13:45:10-0330", "2015-07-31T17:15:10Z"],
    ["1969-12-31", "1969-12-31T00:00:00Z"],
    ["2012-02-29", "2012-02-29T00:00:00Z"],
  ])("reads %s", (text, iso) => {
    expect(parseDate(text)).toBe(Date.parse(iso));
  });

  it("reads the first century", () => {
    expect(formatDate(parseDate("0099-03-01"))).toBe("0099-03-01");
  });

  it.each([
    "2015-02-29",
    "2015-04-31",
    "2015-13-01",
    "2015-00-10",
    "2015-7-31",
    "2015-07/31",
    "31.07.2015",
    "07/31/2015",
    "20150731",
    "2015-07-31T24:00",
    "2015-07-31T12:60",
    "2015-07-31T",
    "2015",
    "",
  ])("refuses %j", (text) => {
    expect(parseDate(text)).toBeNaN();
  });
});

describe("formatDate", () => {
  it.each(["2015-07-31", "2015-07-31T13:45:10.250Z", "1900-01-01"])("gives back %s", (text) => {
    expect(formatDate(parseDate(text))).toBe(text);
  });
});
