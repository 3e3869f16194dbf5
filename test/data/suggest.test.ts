import { describe, expect, it } from "vitest";
import { listNames, nearestNames } from "../../src/data/suggest.ts";

describe("nearestNames", () => {
  const names = ["Sales", "Store", "StoreType", "StateHoliday", "SchoolHoliday"];

  it.each([
    ["sales", ["Sales"]],
    ["Slaes", ["Sales"]],
    ["Holiday", ["StateHoliday", "SchoolHoliday"]],
    ["Stor", ["Store", "StoreType"]],
    ["price", []],
  ])("of %s", (typed, near) => {
    expect(nearestNames(typed, names)).toEqual(near);
  });
});

describe("listNames", () => {
  it("cuts a long list", () => {
    expect(listNames(["a", "b", "c"], 2)).toBe('"a", "b" and 1 more');
    expect(listNames(["a", "b"], 2)).toBe('"a", "b"');
  });
});
