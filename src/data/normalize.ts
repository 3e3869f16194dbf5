import { DataError } from "../errors.ts";
import type { ContinuousState, PreprocessingState } from "./preprocessing_state.ts";

/** Keeps a constant column from dividing by zero; fastai's value. */
export const NORMALIZE_EPS = 1e-7;

/**
 * Fits fastai's Normalize on one filled column: mean and standard deviation of the training rows, the sample's
 * (v1, divides by n − 1) or the population's (v2, divides by n). Computed in f64 over the values as they were read;
 * fastai v2 rounds the column to float32 first.
 *
 * @throws {DataError} if v1 has a single training row, which has no sample deviation
 */
export function fitNormalize(
  name: string,
  values: Float64Array,
  trainRows: Uint32Array,
  recipe: PreprocessingState["recipe"],
): ContinuousState {
  const count = trainRows.length;
  if (recipe === "v1" && count < 2) {
    throw new DataError(
      `Column "${name}" has ${count} training row; the v1 recipe's standard deviation needs two. Keep more rows for training, or use recipe "v2".`,
    );
  }
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[trainRows[i]];
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[trainRows[i]] - mean) ** 2;
  return { name, mean, std: Math.sqrt(squares / (recipe === "v1" ? count - 1 : count)) };
}

/** z = (x − mean) / (std + 1e-7), written to `out[row * stride + offset]`, for the rows `from` ≤ row < `to`. */
export function applyNormalize(
  values: Float64Array,
  state: ContinuousState,
  out: Float32Array,
  stride: number,
  offset: number,
  from = 0,
  to = values.length,
): void {
  const { mean } = state;
  const divisor = state.std + NORMALIZE_EPS;
  for (let row = from, at = from * stride + offset; row < to; row++, at += stride) {
    out[at] = (values[row] - mean) / divisor;
  }
}

/** x = z · (std + 1e-7) + mean. */
export function decodeNormalized(z: number, state: ContinuousState): number {
  return z * (state.std + NORMALIZE_EPS) + state.mean;
}
