import { rowStride } from "../../gpu/buffer_spec.ts";
import { pcg4d } from "../ops/dropout_bits.ts";
import type { Floats, TwinCall } from "./twin.ts";

/** Between the buffers of a dispatch, with padded rows and tensors by offset, and dense arrays. */

/** Whether a binding of that WGSL element type holds floats; all others hold u32, structs of u32 included. */
export function holdsFloats(element: string): boolean {
  return element === "f32" || /^vec[234]f$/.test(element);
}

/** The floats of a binding. */
export function floatsOf(call: TwinCall, name: string): Floats {
  return call.buffers[name] as Floats;
}

/** The u32s of a binding. */
export function wordsOf(call: TwinCall, name: string): Uint32Array {
  return call.buffers[name] as Uint32Array;
}

/** Rows that begin at `at`, padded, as a dense f64 matrix [rows, width]. */
export function denseRows(
  from: ArrayLike<number>,
  at: number,
  rows: number,
  width: number,
  stride = rowStride(width),
): Float64Array {
  const dense = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < width; j++) dense[row * width + j] = from[at + row * stride + j];
  }
  return dense;
}

/** Writes a dense matrix [rows, width] as padded rows from `at` on, the padding as zeros. */
export function writeRows(
  to: Floats,
  at: number,
  dense: ArrayLike<number>,
  rows: number,
  width: number,
): void {
  const stride = rowStride(width);
  for (let row = 0; row < rows; row++) {
    const begin = at + row * stride;
    for (let j = 0; j < width; j++) to[begin + j] = dense[row * width + j];
    for (let j = width; j < stride; j++) to[begin + j] = 0;
  }
}

/** What a dispatch's `dims` and step say of dropout, as the part `dropout` of the shaders takes it. */
export interface DropoutKeys {
  readonly layer: number;
  readonly number: number;
  readonly seed: number;
  /** p · 2³² */
  readonly threshold: number;
  /** 1 / (1 − p) */
  readonly scale: number;
}

export function dropoutKeys({ dims, step }: TwinCall): DropoutKeys {
  return {
    layer: dims.layer,
    number: step.number,
    seed: step.seed,
    threshold: dims.drop_threshold,
    scale: dims.drop_scale,
  };
}

/** Multiplies the first `columns` floats of a row, which begins at `at`, a multiple of 4, by dropout's factors. */
export function dropRow(values: Floats, at: number, columns: number, keys: DropoutKeys): void {
  const { layer, number, seed, threshold, scale } = keys;
  if (threshold === 0) return;
  for (let j = 0; j < columns; j += 4) {
    const bits = pcg4d([(at + j) / 4, layer, number, seed]);
    for (let lane = 0; lane < 4 && j + lane < columns; lane++) {
      values[at + j + lane] *= bits[lane] >= threshold ? scale : 0;
    }
  }
}
