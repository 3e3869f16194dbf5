import { describe, expect, it } from "vitest";
import { areDecimalCommas, parseDecimalComma } from "../../src/data/decimal_comma.ts";

describe("parseDecimalComma", () => {
  it.each([
    ["-12,5", -12.5],
    ["1.234,5", 1234.5],
    ["+12.345.678,25", 12_345_678.25],
    ["1.234", 1234],
    [",5", 0.5],
    ["7", 7],
    ["1,5e3", 1500],
  ])("reads %s", (text, value) => {
    expect(parseDecimalComma(text)).toBe(value);
  });

  it.each(["1.5", "1.23,4", "1234.567,8", "1,2,3", "1,234.5", "", ",", "12,5 €", "a,5"])(
    "refuses %j",
    (text) => {
      expect(parseDecimalComma(text)).toBeNaN();
    },
  );
});

describe("areDecimalCommas", () => {
  it.each([
    [["1,5", "2", "1.234"], true, true],
    [["1,234", "12,500"], true, false],
    [["0,375", "1,250"], true, true], // nobody separates the thousands of 0375
    [["1,234", "1,5"], true, true],
    [["1", "1.234"], false, false],
    [["1,5", "1.5"], false, false],
    [["1,5", "007"], false, false],
    [["1,5", "x"], false, false],
    [[], false, false],
  ])("%j: always %s, clear %s", (texts, always, clear) => {
    expect(areDecimalCommas(texts, "always")).toBe(always);
    expect(areDecimalCommas(texts, "clear")).toBe(clear);
  });
});
