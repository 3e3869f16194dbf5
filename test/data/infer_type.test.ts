import { describe, expect, it } from "vitest";
import { inferKind, isIdentifier, parseNumber } from "../../src/data/infer_type.ts";

describe("inferKind", () => {
  it.each([
    [["1", "2", "-3"], "number"],
    [["1.5", ".5", "2.", "-1e3", "+7", "0"], "number"],
    [["inf", "-Infinity", "1"], "number"], // read, so that the error about infinities can name the row
    [["0", "1"], "number"], // not truth values: 0/1 columns are numbers in pandas too
    [["true", "False", "TRUE"], "boolean"],
    [["true", "1"], "text"],
    [["yes", "no"], "text"],
    [["2015-07-31", "2014-01-01"], "date"],
    [["2015-07-31 10:00", "2014-01-01T00:00:00Z"], "date"],
    [["31.07.2015"], "text"],
    [["2015", "2016"], "number"],
    [["007", "123"], "text"],
    [["-05"], "text"],
    [["0.5", "00.5"], "number"],
    [["12345678901234567890"], "text"],
    [["9007199254740991"], "number"],
    [["9007199254740993"], "text"],
    [["1,234"], "text"],
    [["1 234"], "text"],
    [["0x1f"], "text"],
    [["1e"], "text"],
    [["12", "n.a."], "text"],
    [["None"], "text"],
    [[], "number"],
  ])("%j are %s", (texts, kind) => {
    expect(inferKind(texts)).toBe(kind);
  });
});

describe("isIdentifier", () => {
  it("knows what a number would spoil", () => {
    expect(["00", "01", "-01", "12345678901234567"].every(isIdentifier)).toBe(true);
    expect(["0", "10", "0.1", "01.5", "1e20", "abc"].some(isIdentifier)).toBe(false);
  });
});

describe("parseNumber", () => {
  it.each([
    ["1.25e-3", 0.00125],
    ["-inf", Number.NEGATIVE_INFINITY],
    ["INFINITY", Number.POSITIVE_INFINITY],
  ])("reads %s", (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each(["", " ", "1 ", ".", "1.2.3", "--1", "0b1", "Infinit"])("refuses %j", (text) => {
    expect(parseNumber(text)).toBeNaN();
  });
});
