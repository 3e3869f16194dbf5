import { describe, expect, it } from "vitest";
import { joinColumns, packJoined, splitCode } from "../../src/model/joined_columns.ts";
import { codeLayout } from "../../src/model/packed_codes.ts";
import { rossmannConfig } from "../support/model_configs.ts";

describe("joinColumns", () => {
  it("joins columns of few codes, 128 combinations at most, and leaves the others out or alone", () => {
    const joined = joinColumns([1116, 8, 4, 200, 13, 3], [0, 1, 2, 4, 5]);
    expect(joined).toEqual([
      { columns: [0], sizes: [1116], cardinality: 1116 },
      { columns: [4, 1], sizes: [13, 8], cardinality: 104 },
      { columns: [2, 5], sizes: [4, 3], cardinality: 12 },
    ]);
    expect(joinColumns([5], [])).toEqual([]);
  });

  it("halves the Rossmann model's lookups and hardly doubles the rows", () => {
    const sizes = rossmannConfig().embeddingSizes.map(([n]) => n);
    const joined = joinColumns(
      sizes,
      sizes.map((_, column) => column),
    );
    expect(joined.length).toBe(12);
    expect(joined.reduce((sum, { cardinality }) => sum + cardinality, 0)).toBe(2180);
    expect(joined.flatMap(({ columns }) => columns).sort((a, b) => a - b)).toEqual(sizes.map((_, i) => i));
  });
});

describe("packJoined", () => {
  it("gives every combination a code of its own, which splitCode takes apart", () => {
    const sizes = [300, 3, 7, 2, 5];
    const joined = joinColumns(sizes, [0, 1, 2, 3, 4]);
    const layout = codeLayout(joined.map(({ cardinality }) => cardinality));
    const rows = 420;
    const codes = Uint32Array.from({ length: rows * 5 }, (_, i) => {
      const [row, column] = [Math.floor(i / 5), i % 5];
      return [
        row % 300,
        row % 3,
        Math.floor(row / 3) % 7,
        Math.floor(row / 21) % 2,
        Math.floor(row / 42) % 5,
      ][column];
    });
    const [start, count] = [11, rows - 13];
    const packed = packJoined(codes, 5, joined, layout, start, count);
    expect(packed.length).toBe(count * layout.words);
    const seen = new Set<string>();
    for (let row = 0; row < count; row++) {
      joined.forEach((group, j) => {
        const { word, shift, bits } = layout.places[j];
        const code = (packed[row * layout.words + word] << (32 - shift - bits)) >>> (32 - bits);
        expect(code).toBeLessThan(group.cardinality);
        const digits = group.columns.map((column) => codes[(start + row) * 5 + column]);
        expect(splitCode(group, code)).toEqual(digits);
        seen.add(`${j} ${code}`);
      });
    }
    expect(seen.size).toBe(joined.reduce((sum, { cardinality }) => sum + cardinality, 0));
  });
});
