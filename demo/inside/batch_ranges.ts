/** How far batches of a normalised column stray from mean 0 and standard deviation 1. */
import type { ColumnFacts } from "./types.ts";

/**
 * @param values [rows, width], row by row
 * @param batches the row numbers of each batch, two or more in each
 * @returns the ranges of each column
 */
export function batchRanges(
  values: Float32Array,
  width: number,
  batches: readonly Uint32Array[],
): Pick<ColumnFacts, "batchMeans" | "batchStds">[] {
  return Array.from({ length: width }, (_, column) => {
    const found = batches.map((rows) => meanAndStd(values, width, column, rows));
    const range = (of: number[]): [number, number] => [Math.min(...of), Math.max(...of)];
    return {
      batchMeans: range(found.map(({ mean }) => mean)),
      batchStds: range(found.map(({ std }) => std)),
    };
  });
}

function meanAndStd(values: Float32Array, width: number, column: number, rows: Uint32Array) {
  let sum = 0;
  for (const row of rows) sum += values[row * width + column];
  const mean = sum / rows.length;
  let squares = 0;
  for (const row of rows) squares += (values[row * width + column] - mean) ** 2;
  return { mean, std: Math.sqrt(squares / (rows.length - 1)) };
}

/** Batches of rows drawn evenly from all over a list: the same each time, and no two alike. */
export function drawBatches(rows: Uint32Array, size: number, count: number): Uint32Array[] {
  // Strides that share no factor with the list's length visit every row before any comes twice.
  let stride = Math.max(1, Math.floor(rows.length * 0.6180339887));
  while (greatestDivisor(stride, rows.length) > 1) stride++;
  let at = 0;
  return Array.from({ length: count }, () =>
    Uint32Array.from({ length: size }, () => {
      at = (at + stride) % rows.length;
      return rows[at];
    }),
  );
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
