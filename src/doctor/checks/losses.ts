import * as ops from "../../cpu/ops/losses.ts";
import { bceWithLogits } from "../../kernels/bce_with_logits.ts";
import { crossEntropy } from "../../kernels/cross_entropy.ts";
import { type LossBuffers, lossThreads } from "../../kernels/loss.ts";
import { mse } from "../../kernels/mse.ts";
import { Random } from "../../random.ts";
import type { Recorder } from "../../scheduler/recorder.ts";
import { stepOf } from "../../scheduler/step_of.ts";
import { boundsOfRows, f64, U } from "../bounds.ts";
import { caseBatch, takeRows } from "../case_batch.ts";
import { CaseBuffers, type KernelCase, titleOf } from "../kernel_case.ts";
import { checkOf } from "../kernel_check.ts";
import { randomFloats } from "../random_arrays.ts";

/** Places of a case's loss ring, and the one its step is told to write. */
const PLACES = 8;
const PLACE = 5;

/** Logits that try a loss: where exponentials overflow or vanish, and where all are alike. */
const HARD_LOGITS = {
  "90 or -90": (random: Random) => (random.below(2) === 0 ? 90 : -90),
  "near 90": (random: Random) => 90 + random.normal(),
  "near -90": (random: Random) => -90 + random.normal(),
  "-66, -64, …": (_: Random, i: number) => 2 * i - 66,
  "0": () => 0,
};

interface Size {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
}

interface HardSize extends Size {
  logits?: keyof typeof HARD_LOGITS;
}

export interface MseSize extends Size {
  outputs: number;
  yRange?: readonly [number, number];
  /** How large the logits are. */
  scale?: number;
}

export function mseCase(size: MseSize): KernelCase {
  const { rows, outputs, capacity = rows, yRange = null } = size;
  const random = new Random(16);
  const logits = randomFloats(random, rows * outputs, size.scale ?? 1);
  const targets = randomFloats(random, 2 * rows * outputs, 5);
  return lossCase(size, (rec, io) => mse(rec, io, yRange), {
    ...{ rows, capacity, outputs, targetWidth: outputs },
    ...{ logits, targets },
    bounds: (taken, exactLoss) => {
      const count = rows * outputs;
      const terms = Math.ceil(rows / lossThreads(capacity)) * outputs + 16;
      const span = yRange ? yRange[1] - yRange[0] : 0;
      const predictions = ops.yRangeForward(f64(logits), yRange);
      const slope = ops.yRangeBackward(new Float64Array(count).fill(1), f64(logits), yRange);
      const difference = predictions.map((value, i) => Math.abs(value - taken[i]));
      const delta = yRange ? (8 * span + Math.abs(yRange[0])) * U : 0;
      const mean = difference.reduce((sum, d) => sum + d, 0) / count;
      return {
        loss: terms * U * exactLoss + 2 * mean * delta,
        gradient: difference.map(
          (d, i) => (2 / count) * (8 * U * d * slope[i] + delta * slope[i] + 8 * U * d * span),
        ),
      };
    },
  });
}

export interface CrossEntropySize extends HardSize {
  classes: number;
}

export function crossEntropyCase(size: CrossEntropySize): KernelCase {
  const { rows, classes, capacity = rows } = size;
  const random = new Random(17);
  const logits = drawLogits(random, rows * classes, size);
  const targets = Float32Array.from({ length: 2 * rows + 1 }, () => random.below(classes));
  return lossCase(size, crossEntropy, {
    ...{ rows, capacity, outputs: classes, targetWidth: 1 },
    ...{ logits, targets },
    bounds: () => {
      const terms = Math.ceil(rows / lossThreads(capacity)) + 16;
      const sizes = Math.log(classes) + 2 * largestOf(logits);
      return {
        loss: (terms * sizes + 2 * classes + 16) * U + 2 ** -21,
        gradient: new Float64Array(rows * classes).fill(((2 * classes + 16) * U) / rows),
      };
    },
  });
}

export interface BceWithLogitsSize extends HardSize {
  labels: number;
}

export function bceWithLogitsCase(size: BceWithLogitsSize): KernelCase {
  const { rows, labels, capacity = rows } = size;
  const random = new Random(18);
  const logits = drawLogits(random, rows * labels, size);
  const targets = Float32Array.from({ length: (2 * rows + 1) * labels }, () => random.below(2));
  return lossCase(size, bceWithLogits, {
    ...{ rows, capacity, outputs: labels, targetWidth: labels },
    ...{ logits, targets },
    bounds: () => {
      const terms = Math.ceil(rows / lossThreads(capacity)) * labels + 16;
      return {
        loss: terms * U * (1 + largestOf(logits)) + 2 ** -21,
        gradient: new Float64Array(rows * labels).fill((16 * U) / (rows * labels)),
      };
    },
  });
}

/** A loss kernel on a batch from the middle of a shuffled table. */
function lossCase(
  size: object,
  record: (rec: Recorder, io: LossBuffers) => void,
  batch: {
    rows: number;
    capacity: number;
    /** Width of the logits. */
    outputs: number;
    targetWidth: number;
    logits: Float32Array;
    /** Of the whole table. */
    targets: Float32Array;
    /** @param taken the batch's targets [rows, targetWidth] */
    bounds: (taken: Float64Array, exactLoss: number) => { loss: number; gradient: Float64Array };
  },
): KernelCase {
  const { rows, capacity, outputs, targetWidth, logits, targets } = batch;
  const tableRows = targets.length / targetWidth;
  const table = caseBatch(tableRows, Math.min(3, tableRows - rows), rows);
  const buffers = new CaseBuffers();
  const io = {
    logits: buffers.inputMatrix("logits", capacity, outputs, logits),
    targets: buffers.input("targets", targets, [tableRows, targetWidth]),
    row_index: buffers.input("row_index", table.rowIndex),
    d_logits: buffers.outputMatrix("d_logits", capacity, outputs),
    losses: buffers.output("losses", [PLACES]),
  };
  const step = stepOf({ rows, row_start: table.rowStart, loss_slot: PLACE });
  return buffers.case(
    titleOf(size),
    (rec) => record(rec, io),
    step,
    (exact) => {
      const { loss, gradient } = batch.bounds(takeRows(table, targets, targetWidth), exact.losses[PLACE]);
      const losses = new Float64Array(exact.losses.length);
      losses[PLACE] = loss;
      const dLogits = { at: 0, dense: gradient, width: outputs };
      return { losses, d_logits: boundsOfRows(exact.d_logits.length, dLogits) };
    },
  );
}

function drawLogits(random: Random, length: number, { logits }: HardSize): Float32Array {
  if (!logits) return randomFloats(random, length, 3);
  return Float32Array.from({ length }, (_, i) => HARD_LOGITS[logits](random, i));
}

function largestOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

export const mseCheck = checkOf("mse", mseCase, [
  { rows: 1, outputs: 1 },
  { rows: 257, outputs: 1 },
  { rows: 67, outputs: 5, yRange: [-3, 4] },
  { rows: 67, outputs: 1, yRange: [0, 10.8], scale: 90 },
  { rows: 63, capacity: 300, outputs: 3 },
]);

export const crossEntropyCheck = checkOf("cross_entropy", crossEntropyCase, [
  { rows: 1, classes: 2 },
  { rows: 257, classes: 3 },
  { rows: 13, classes: 63 },
  { rows: 67, classes: 4, logits: "90 or -90" },
  { rows: 63, capacity: 300, classes: 3 },
]);

export const bceWithLogitsCheck = checkOf("bce_with_logits", bceWithLogitsCase, [
  { rows: 1, labels: 1 },
  { rows: 257, labels: 1 },
  { rows: 67, labels: 5 },
  { rows: 67, labels: 3, logits: "90 or -90" },
  { rows: 63, capacity: 300, labels: 3 },
]);
