import { describe, expect, it } from "vitest";
import { Growing } from "../../src/data/growing.ts";

describe("Growing", () => {
  it("holds what was written, piece after piece", () => {
    const growing = new Growing(Int32Array);
    const expected: number[] = [];
    for (const count of [0, 1, 1000, 30_000, 40_000, 200_000, 5]) {
      const place = growing.append(count);
      expect(place.length).toBe(count);
      for (let i = 0; i < count; i++) {
        place[i] = expected.length;
        expected.push(expected.length);
      }
    }
    expect(growing.length).toBe(expected.length);
    expect(growing.whole()).toEqual(Int32Array.from(expected));
    expect(growing.pieces().reduce((sum, piece) => sum + piece.length, 0)).toBe(expected.length);
  });

  it("takes back the end of what came last", () => {
    const growing = new Growing(Float64Array);
    growing.append(3).set([1, 2, 3]);
    growing.shorten(2);
    growing.append(1).set([9]);
    expect(growing.whole()).toEqual(Float64Array.of(1, 9));
  });
});
