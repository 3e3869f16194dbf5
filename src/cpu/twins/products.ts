import { rowStride } from "../../gpu/buffer_spec.ts";
import { floatsOf } from "./layout.ts";
import type { Floats, TwinCall } from "./twin.ts";

/**
 * The three matrix products of a Linear on padded rows. Sums run in double precision and in one order per element;
 * four columns are summed at a time, so that a value that is loaded serves several sums.
 */

/**
 * x · weightᵀ of a call with `x`, `params`, dims.weight, fan_in4 and fan_out, as rows of z from `first` on, their padding
 * as zeros.
 */
export function productForward(call: TwinCall, z: Floats, first: number): void {
  const { dims, step } = call;
  const x = floatsOf(call, "x");
  const weight = floatsOf(call, "params");
  const fanIn = 4 * dims.fan_in4;
  const stride = rowStride(dims.fan_out);
  const tiled = dims.fan_out - (dims.fan_out % 4);
  for (let row = 0; row < step.rows; row++) {
    const begin = row * fanIn;
    const end = begin + fanIn;
    for (let o = 0; o < tiled; o += 4) {
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let i = begin, w = 4 * dims.weight + o * fanIn; i < end; i++, w++) {
        const value = x[i];
        a += value * weight[w];
        b += value * weight[w + fanIn];
        c += value * weight[w + 2 * fanIn];
        d += value * weight[w + 3 * fanIn];
      }
      const at = first + row * stride + o;
      z[at] = a;
      z[at + 1] = b;
      z[at + 2] = c;
      z[at + 3] = d;
    }
    for (let o = tiled; o < stride; o++) {
      let sum = 0;
      if (o < dims.fan_out) {
        for (let i = begin, w = 4 * dims.weight + o * fanIn; i < end; i++, w++) sum += x[i] * weight[w];
      }
      z[first + row * stride + o] = sum;
    }
  }
}

/** d_x = d_z · weight of a call with `d_z`, `params`, dims.weight, fan_in4 and fan_out, into rows of 4 · fan_in4. */
export function productBackward(call: TwinCall, dX: Floats): void {
  const { dims, step } = call;
  const dZ = floatsOf(call, "d_z");
  const weight = floatsOf(call, "params");
  const fanIn = 4 * dims.fan_in4;
  const stride = rowStride(dims.fan_out);
  for (let row = 0; row < step.rows; row++) {
    for (let i = 0; i < fanIn; i += 4) {
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let o = 0, w = 4 * dims.weight + i; o < dims.fan_out; o++, w += fanIn) {
        const value = dZ[row * stride + o];
        a += value * weight[w];
        b += value * weight[w + 1];
        c += value * weight[w + 2];
        d += value * weight[w + 3];
      }
      const at = row * fanIn + i;
      dX[at] = a;
      dX[at + 1] = b;
      dX[at + 2] = c;
      dX[at + 3] = d;
    }
  }
}

/** A matrix whose rows are padded to whole vec4s. */
interface PaddedRows {
  readonly values: Floats;
  readonly width: number;
}

/** a [rows, m], b [rows, n] → aᵀ · b [m, n], as padded rows from `at` on. The padding of b's rows counts as columns. */
export function outerProductSums(
  a: PaddedRows,
  b: PaddedRows,
  rows: number,
  result: Floats,
  at: number,
): void {
  const aStride = rowStride(a.width);
  const bStride = rowStride(b.width);
  const sums = new Float64Array(bStride);
  for (let m = 0; m < a.width; m++) {
    sums.fill(0);
    for (let row = 0; row < rows; row++) {
      const factor = a.values[row * aStride + m];
      const begin = row * bStride;
      for (let n = 0; n < bStride; n++) sums[n] += factor * b.values[begin + n];
    }
    result.set(sums, at + m * bStride);
  }
}
