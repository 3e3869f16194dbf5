import { describe, expect, it } from "vitest";
import { median } from "../../src/data/median.ts";
import { Random } from "../../src/random.ts";

describe("median", () => {
  it.each([
    [[3], 3],
    [[2, 1], 1.5],
    [[5, 5, 5, 5], 5],
    [[1, 2, 3, 4, 100], 3],
    [[Number.NEGATIVE_INFINITY, 1, 2], 1],
  ])("of %j is %d", (values, expected) => {
    expect(median(Float64Array.from(values))).toBe(expected);
  });

  it("is what sorting finds, with many ties and without", () => {
    const random = new Random(3, 1);
    for (let round = 0; round < 300; round++) {
      const spread = round % 3 === 0 ? 4 : 1e6;
      const values = Float64Array.from({ length: 1 + (round % 40) }, () =>
        Math.floor(random.uniform() * spread),
      );
      const sorted = values.slice().sort();
      const middle = sorted.length >> 1;
      const expected = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
      expect(median(values)).toBe(expected);
    }
  });
});
