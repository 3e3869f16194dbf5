import { rowStride } from "../../gpu/buffer_spec.ts";
import { floatsOf } from "./layout.ts";
import type { Floats, TwinCall } from "./twin.ts";

/**
 * The three matrix products of a Linear on padded rows. Sums run in double precision and in one order per element. Two
 * rows by four columns are summed at a time, so that a value that is loaded serves several sums; an odd last row is its
 * own partner and computed twice.
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
  for (let o = 0; o < tiled; o += 4) {
    for (let row = 0; row < step.rows; row += 2) {
      const next = row + 1 < step.rows ? 1 : 0;
      const other = next * fanIn;
      let [a0, a1, a2, a3] = [0, 0, 0, 0];
      let [b0, b1, b2, b3] = [0, 0, 0, 0];
      let w0 = 4 * dims.weight + o * fanIn;
      for (let i = row * fanIn, end = i + fanIn; i < end; i++, w0++) {
        const p = x[i];
        const q = x[i + other];
        const v0 = weight[w0];
        const v1 = weight[w0 + fanIn];
        const v2 = weight[w0 + 2 * fanIn];
        const v3 = weight[w0 + 3 * fanIn];
        a0 += p * v0;
        a1 += p * v1;
        a2 += p * v2;
        a3 += p * v3;
        b0 += q * v0;
        b1 += q * v1;
        b2 += q * v2;
        b3 += q * v3;
      }
      const at = first + row * stride + o;
      put(z, at, a0, a1, a2, a3);
      put(z, at + next * stride, b0, b1, b2, b3);
    }
  }
  for (let row = 0; row < step.rows; row++) {
    for (let o = tiled; o < stride; o++) {
      let sum = 0;
      if (o < dims.fan_out) {
        const begin = row * fanIn;
        for (let i = 0, w = 4 * dims.weight + o * fanIn; i < fanIn; i++, w++) sum += x[begin + i] * weight[w];
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
  for (let row = 0; row < step.rows; row += 2) {
    const next = row + 1 < step.rows ? 1 : 0;
    const begin = row * stride;
    const other = begin + next * stride;
    for (let i = 0; i < fanIn; i += 4) {
      let [a0, a1, a2, a3] = [0, 0, 0, 0];
      let [b0, b1, b2, b3] = [0, 0, 0, 0];
      for (let o = 0, w = 4 * dims.weight + i; o < dims.fan_out; o++, w += fanIn) {
        const p = dZ[begin + o];
        const q = dZ[other + o];
        const v0 = weight[w];
        const v1 = weight[w + 1];
        const v2 = weight[w + 2];
        const v3 = weight[w + 3];
        a0 += p * v0;
        a1 += p * v1;
        a2 += p * v2;
        a3 += p * v3;
        b0 += q * v0;
        b1 += q * v1;
        b2 += q * v2;
        b3 += q * v3;
      }
      const at = row * fanIn + i;
      put(dX, at, a0, a1, a2, a3);
      put(dX, at + next * fanIn, b0, b1, b2, b3);
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
  for (let m = 0; m < a.width; m += 2) {
    const next = m + 1 < a.width ? 1 : 0;
    for (let n = 0; n < bStride; n += 4) {
      let [a0, a1, a2, a3] = [0, 0, 0, 0];
      let [b0, b1, b2, b3] = [0, 0, 0, 0];
      for (let row = 0, i = m, j = n; row < rows; row++, i += aStride, j += bStride) {
        const p = a.values[i];
        const q = a.values[i + next];
        const v0 = b.values[j];
        const v1 = b.values[j + 1];
        const v2 = b.values[j + 2];
        const v3 = b.values[j + 3];
        a0 += p * v0;
        a1 += p * v1;
        a2 += p * v2;
        a3 += p * v3;
        b0 += q * v0;
        b1 += q * v1;
        b2 += q * v2;
        b3 += q * v3;
      }
      const to = at + m * bStride + n;
      put(result, to, a0, a1, a2, a3);
      put(result, to + next * bStride, b0, b1, b2, b3);
    }
  }
}

function put(to: Floats, at: number, v0: number, v1: number, v2: number, v3: number): void {
  to[at] = v0;
  to[at + 1] = v1;
  to[at + 2] = v2;
  to[at + 3] = v3;
}
