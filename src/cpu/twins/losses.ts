import * as ops from "../ops/losses.ts";
import { denseRows, floatsOf, wordsOf, writeRows } from "./layout.ts";
import type { TwinCall } from "./twin.ts";

/** The twin of shaders/mse.wgsl. */
export function mse(call: TwinCall): void {
  const { outputs, has_y_range, low, high } = call.dims;
  const yRange = has_y_range !== 0 ? ([low, high] as const) : null;
  runLoss(call, outputs, outputs, (logits, targets) => ops.mse(logits, targets, yRange));
}

/** The twin of shaders/cross_entropy.wgsl. */
export function crossEntropy(call: TwinCall): void {
  const { classes } = call.dims;
  runLoss(call, classes, 1, (logits, labels) => ops.crossEntropy(logits, labels, call.step.rows, classes));
}

/** The twin of shaders/bce_with_logits.wgsl. */
export function bceWithLogits(call: TwinCall): void {
  const { labels } = call.dims;
  runLoss(call, labels, labels, ops.bceWithLogits);
}

/** A loss of the batch's logits [rows, width] and of its targets [rows, targetWidth], taken from the table by row index. */
function runLoss(
  call: TwinCall,
  width: number,
  targetWidth: number,
  compute: (logits: Float64Array, targets: Float64Array) => ops.LossAndGradient,
): void {
  const { rows, row_start, loss_slot } = call.step;
  const rowIndex = wordsOf(call, "row_index");
  const targets = floatsOf(call, "targets");
  const taken = new Float64Array(rows * targetWidth);
  for (let row = 0; row < rows; row++) {
    const source = rowIndex[row_start + row] * targetWidth;
    taken.set(targets.subarray(source, source + targetWidth), row * targetWidth);
  }
  const { loss, dLogits } = compute(denseRows(floatsOf(call, "logits"), 0, rows, width), taken);
  writeRows(floatsOf(call, "d_logits"), 0, dLogits, rows, width);
  floatsOf(call, "losses")[loss_slot] = loss;
}
