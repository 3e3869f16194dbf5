import * as ops from "../cpu/ops/ops.ts";
import { rowStride } from "../gpu/buffer_spec.ts";

/** What the error bounds of the kernels' headers are made of. */

/** One WGSL rounding: WGSL lets an operation give either neighbour of the exact result. The unit of all bounds. */
export const U = 2 ** -23;

export const f64 = (values: ArrayLike<number>) => Float64Array.from(values);

export const magnitudes = (values: ArrayLike<number>) => Float64Array.from(values, Math.abs);

/** Σ|x·weight| + |bias| for every element of x · weightᵀ + bias. */
export function productMagnitudes(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number> | null,
  rows: number,
  fanIn: number,
  fanOut: number,
): Float64Array {
  return ops.linearForward(magnitudes(x), magnitudes(weight), bias && magnitudes(bias), rows, fanIn, fanOut);
}

/** Column sums of values [rows, width]. */
export function columnSums(values: Float64Array, rows: number, width: number): Float64Array {
  return ops.linearBackwardBias(values, rows, width);
}

export function columnMeans(values: Float64Array, rows: number, width: number): Float64Array {
  return columnSums(values, rows, width).map((sum) => sum / rows);
}

export function columnMaxima(values: Float64Array, rows: number, width: number): Float64Array {
  const maxima = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < rows * width; i++) maxima[i % width] = Math.max(maxima[i % width], values[i]);
  return maxima;
}

/** The product, or zero factors where there is none, as dropout multiplies. */
export function times(a: Float64Array, b: ArrayLike<number>): Float64Array {
  return a.map((value, i) => value * b[i]);
}

/** Bounds for a whole buffer of `length` floats: 0 but for the dense rows [rows, width] placed from `at` on. */
export function boundsOfRows(
  length: number,
  ...placed: readonly { at: number; dense: ArrayLike<number>; width: number }[]
): Float64Array {
  const bounds = new Float64Array(length);
  for (const { at, dense, width } of placed) {
    const stride = rowStride(width);
    for (let i = 0; i < dense.length; i++) {
      bounds[at + Math.floor(i / width) * stride + (i % width)] = dense[i];
    }
  }
  return bounds;
}
