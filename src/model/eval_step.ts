import { rowStride } from "../gpu/buffer_spec.ts";
import type { StepValues } from "../scheduler/step_slots.ts";

/** The step slot of a batch that only runs forward: where it begins and how long it is; training's fields rest. */
export function evalStep(rowStart: number, rows: number, outputRow: number): StepValues {
  const rest = { loss_slot: 0, tick: 0, seed: 0, number: 0, lr: 0, decay: 1, mom: 0, sqr_mom: 0, eps: 1 };
  return {
    ...rest,
    row_start: rowStart,
    rows,
    output_row: outputRow,
    mom_correction: 1,
    sqr_mom_correction: 1,
  };
}

/** Drops the padding of rows: [rows, rowStride(width)] → [rows, width]. */
export function withoutPadding(values: Float32Array, rows: number, width: number): Float32Array {
  const stride = rowStride(width);
  if (stride === width) return values.slice(0, rows * width);
  const packed = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < width; j++) packed[row * width + j] = values[row * stride + j];
  }
  return packed;
}
