import { type BufferSpec, resident, rowStride } from "../../gpu/buffer_spec.ts";
import { continuousBackward, continuousForwardTrain } from "../../kernels/continuous.ts";
import type { TableBuffers } from "../../kernels/tensors.ts";
import { BATCHNORM_EPS, BATCHNORM_MOMENTUM } from "../../model/config.ts";
import { Random } from "../../random.ts";
import { boundsOfRows, columnMeans, magnitudes, U } from "../bounds.ts";
import { CaseArena } from "../case_arena.ts";
import { type CaseBatch, caseBatch, takeRows } from "../case_batch.ts";
import { CaseBuffers, type KernelCase, stepOf, titleOf } from "../kernel_case.ts";
import { checkOf } from "../kernel_check.ts";
import { randomFloats } from "../random_arrays.ts";

/** Columns that try the variance. */
const HARD_VALUES = {
  constant: (_: Random, column: number) => [0, 1, -7.3, 1e4][column],
  "near 1000": (random: Random) => 1000 + random.normal(),
};

interface Size {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  /** Columns of the embeddings, before the continuous ones. */
  width: number;
  continuous: number;
}

export interface ContinuousForwardTrainSize extends Size {
  values?: keyof typeof HARD_VALUES;
}

export function continuousForwardTrainCase(size: ContinuousForwardTrainSize): KernelCase {
  const { rows, width, continuous, capacity = rows } = size;
  const random = new Random(21);
  const batch = caseBatch(rows + 5, 2, rows);
  const draw = size.values ? HARD_VALUES[size.values] : () => random.normal();
  const values = Float32Array.from({ length: batch.tableRows * continuous }, (_, i) =>
    draw(random, i % continuous),
  );
  const [gamma, beta, oldMean] = [1, 2, 3].map(() => randomFloats(random, continuous));
  const oldVar = randomFloats(random, continuous).map((v) => v * v);
  const arena = new CaseArena();
  const runningArena = new CaseArena();
  const batchNorm = {
    gamma: arena.vector(gamma),
    beta: arena.vector(beta),
    runningMean: runningArena.vector(oldMean),
    runningVar: runningArena.vector(oldVar),
  };
  const buffers = new CaseBuffers();
  const io = {
    params: buffers.input("params", arena.floats),
    running: buffers.input("running", runningArena.floats),
    saved: buffers.output("saved", [2, continuous]),
    x: buffers.outputMatrix("x", capacity, width + continuous),
  };
  const table = tableOf(buffers, batch, values, continuous);
  const constants = { eps: BATCHNORM_EPS, momentum: BATCHNORM_MOMENTUM };
  const input = { width, nContinuous: continuous, batchNorm, ...constants };
  return buffers.case(
    titleOf(size),
    (rec) => continuousForwardTrain(rec, io, table, input),
    stepOf({ rows, row_start: batch.rowStart }),
    (exact) => {
      const taken = takeRows(batch, values, continuous);
      const sizes = columnMeans(magnitudes(taken), rows, continuous);
      const terms = (rows / 64 + 16) * U;
      const mean = exact.saved.subarray(0, continuous);
      const inverse = exact.saved.subarray(continuous, 2 * continuous);
      const onX = taken.map((value, i) => {
        const c = i % continuous;
        const xHat = Math.abs(value - mean[c]) * inverse[c];
        return terms * Math.abs(gamma[c]) * (sizes[c] * inverse[c] + xHat) + U * Math.abs(beta[c]);
      });
      const x = new Float64Array(exact.x.length);
      const stride = rowStride(width + continuous);
      onX.forEach((error, i) => {
        x[Math.floor(i / continuous) * stride + width + (i % continuous)] = error;
      });
      const saved = new Float64Array(exact.saved.length);
      const running = new Float64Array(exact.running.length);
      for (let c = 0; c < continuous; c++) {
        const variance = 1 / inverse[c] ** 2 - BATCHNORM_EPS;
        saved[c] = terms * sizes[c];
        saved[continuous + c] = terms * inverse[c];
        running[batchNorm.runningMean + c] =
          4 * U * (Math.abs(mean[c]) + Math.abs(oldMean[c])) + BATCHNORM_MOMENTUM * saved[c];
        const at = batchNorm.runningVar + c;
        const onVariance = (2 * terms * variance * rows) / (rows - 1);
        running[at] =
          4 * U * (Math.abs(exact.running[at]) + Math.abs(oldVar[c])) + BATCHNORM_MOMENTUM * onVariance;
      }
      return { x, saved, running };
    },
  );
}

export type ContinuousBackwardSize = Size;

export function continuousBackwardCase(size: ContinuousBackwardSize): KernelCase {
  const { rows, width, continuous, capacity = rows } = size;
  const random = new Random(22);
  const batch = caseBatch(rows + 5, 2, rows);
  const values = randomFloats(random, batch.tableRows * continuous);
  const inputs = width + continuous;
  const dX = randomFloats(random, rows * inputs);
  const mean = randomFloats(random, continuous, 0.1);
  const inverse = randomFloats(random, continuous).map((v) => 0.5 + Math.abs(v));
  const arena = new CaseArena();
  const none = new Float32Array(continuous);
  const batchNorm = { gamma: arena.vector(none), beta: arena.vector(none), runningMean: 0, runningVar: 0 };
  const buffers = new CaseBuffers();
  const io = {
    d_x: buffers.inputMatrix("d_x", capacity, inputs, dX),
    saved: buffers.input("saved", Float32Array.of(...mean, ...inverse), [2, continuous]),
    grads: buffers.output("grads", [arena.floats.length]),
  };
  const table = tableOf(buffers, batch, values, continuous);
  return buffers.case(
    titleOf(size),
    (rec) => continuousBackward(rec, io, table, { width, nContinuous: continuous, batchNorm }),
    stepOf({ rows, row_start: batch.rowStart }),
    ({ grads }) => {
      const taken = takeRows(batch, values, continuous);
      const sums = new Float64Array(continuous);
      taken.forEach((value, i) => {
        const c = i % continuous;
        const d = dX[Math.floor(i / continuous) * inputs + width + c];
        sums[c] += Math.abs(d) * (1 + Math.abs((value - mean[c]) * inverse[c]));
      });
      const dense = sums.map((sum) => (rows / 64 + 16) * U * sum);
      const onGamma = { at: batchNorm.gamma, dense, width: continuous };
      const onBeta = { at: batchNorm.beta, dense, width: continuous };
      return { grads: boundsOfRows(grads.length, onGamma, onBeta) };
    },
  );
}

/** The table as these kernels see it: continuous columns and the order of the rows. */
function tableOf(
  buffers: CaseBuffers,
  batch: CaseBatch,
  values: Float32Array,
  continuous: number,
): TableBuffers {
  const unused: BufferSpec = resident("unused", [1]);
  return {
    codes: unused,
    words: 0,
    continuous: buffers.input("continuous", values, [batch.tableRows, continuous]),
    targets: unused,
    rowIndex: buffers.input("row_index", batch.rowIndex),
  };
}

export const continuousForwardTrainCheck = checkOf("continuous_forward_train", continuousForwardTrainCase, [
  { rows: 2, width: 7, continuous: 3 },
  { rows: 65, width: 0, continuous: 1 },
  { rows: 130, width: 6, continuous: 17 },
  { rows: 30, width: 3, continuous: 4, values: "constant" },
  { rows: 999, width: 3, continuous: 2, values: "near 1000" },
  { rows: 65, capacity: 100, width: 5, continuous: 3 },
]);

export const continuousBackwardCheck = checkOf("continuous_backward", continuousBackwardCase, [
  { rows: 1, width: 0, continuous: 1 },
  { rows: 65, width: 7, continuous: 3 },
  { rows: 130, width: 6, continuous: 17 },
  { rows: 65, capacity: 100, width: 5, continuous: 3 },
]);
