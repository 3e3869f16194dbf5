import { describe, expect, it } from "vitest";
import { evenNumbers } from "../../../demo/understanding/even_numbers.ts";
import { domainOf } from "../../../demo/understanding/spread_bars.ts";

describe("evenNumbers", () => {
  it("writes all with the decimals that the greatest needs", () => {
    const small = evenNumbers([0.239, -0.0416, 0.00000669], 3, true);
    expect([0.239, -0.0416, 0.00000669, -0.0001, 0].map(small)).toEqual([
      "+0.239",
      "−0.042",
      "0.000",
      "0.000",
      "0.000",
    ]);
    const large = evenNumbers([9900.1, 2031.94], 4);
    expect([9900.1, 2031.94, -0.4, -2].map(large)).toEqual(["9,900", "2,032", "0", "−2"]);
  });

  it("takes no numbers, zeros and what is no number", () => {
    expect(evenNumbers([], 3)(0)).toBe("0");
    expect(evenNumbers([0, 0], 3, true)(0)).toBe("0");
    expect(evenNumbers([Number.NaN, 25], 3)(25)).toBe("25.0");
  });
});

describe("the domain of bars", () => {
  const bar = (value: number, low = value, high = value) => ({ value, low, high });

  it("begins at zero, or below where something is, and holds the spreads", () => {
    expect(domainOf([bar(3, 2, 5), bar(1)])).toEqual([0, 5]);
    expect(domainOf([bar(3), bar(-1, -2, 0)])).toEqual([-2, 3]);
    expect(domainOf([bar(-3)])).toEqual([-3, 0]);
  });

  it("is never empty", () => {
    expect(domainOf([bar(0)])).toEqual([0, 1]);
    expect(domainOf([])).toEqual([0, 1]);
  });
});
