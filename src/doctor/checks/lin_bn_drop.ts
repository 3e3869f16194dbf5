import { keepDecisions } from "../../cpu/ops/dropout_bits.ts";
import * as ops from "../../cpu/ops/ops.ts";
import { denseRows } from "../../cpu/twins/layout.ts";
import { rowStride } from "../../gpu/buffer_spec.ts";
import { linBnDropBackward, linBnDropForwardEval, linBnDropForwardTrain } from "../../kernels/lin_bn_drop.ts";
import { rowsPerSum } from "../../kernels/shapes.ts";
import { BATCHNORM_EPS, BATCHNORM_MOMENTUM } from "../../model/config.ts";
import { Random } from "../../random.ts";
import { stepOf } from "../../scheduler/step_of.ts";
import {
  boundsOfRows,
  columnMaxima,
  columnMeans,
  columnSums,
  f64,
  magnitudes,
  productMagnitudes,
  times,
  U,
} from "../bounds.ts";
import { CaseArena } from "../case_arena.ts";
import { CaseBuffers, type KernelCase, titleOf } from "../kernel_case.ts";
import { checkOf } from "../kernel_check.ts";
import { randomFloats } from "../random_arrays.ts";

export interface ForwardTrainSize {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  fanIn: number;
  fanOut: number;
  bias?: boolean;
  relu?: boolean;
  batchNorm?: boolean;
  dropout?: number;
  /** Added to every bias: far below 0 nothing passes the ReLU. */
  shift?: number;
  /** 0 makes every column constant. */
  weightScale?: number;
}

export function linBnDropForwardTrainCase(size: ForwardTrainSize): KernelCase {
  const { rows, fanIn, fanOut, capacity = rows, relu = true, batchNorm = true, dropout = 0 } = size;
  const random = new Random(12);
  const x = randomFloats(random, rows * fanIn);
  const weight = randomFloats(random, fanOut * fanIn, size.weightScale ?? 1 / Math.sqrt(fanIn));
  const bias = size.bias ? randomFloats(random, fanOut).map((b) => b + (size.shift ?? 0)) : null;
  const gamma = randomFloats(random, fanOut);
  const beta = randomFloats(random, fanOut);
  const oldMean = randomFloats(random, fanOut);
  const oldVar = randomFloats(random, fanOut).map((v) => v * v);

  const arena = new CaseArena();
  const runningArena = new CaseArena();
  const norm = {
    gamma: arena.vector(gamma),
    beta: arena.vector(beta),
    runningMean: runningArena.vector(oldMean),
    runningVar: runningArena.vector(oldVar),
  };
  const block = {
    fanIn,
    fanOut,
    weight: arena.matrix(weight, fanIn),
    bias: bias && arena.vector(bias),
    relu,
    batchNorm: batchNorm ? norm : null,
    dropout,
    layer: 3,
  };
  const key = { layer: 3, number: 17, seed: 42 };
  const buffers = new CaseBuffers();
  const io = {
    params: buffers.input("params", arena.floats),
    running: buffers.input("running", runningArena.floats),
    x: buffers.inputMatrix("x", capacity, fanIn, x),
    r: buffers.outputMatrix("r", capacity, fanOut),
    y: buffers.outputMatrix("y", capacity, fanOut),
    saved: buffers.outputMatrix("saved", 2, fanOut),
  };
  const constants = { eps: BATCHNORM_EPS, momentum: BATCHNORM_MOMENTUM };
  const step = stepOf({ rows, number: key.number, seed: key.seed });

  return buffers.case(
    titleOf(size),
    (rec) => linBnDropForwardTrain(rec, block, io, constants),
    step,
    (exact) => {
      const placed = (name: string, at: number, dense: ArrayLike<number>) =>
        boundsOfRows(exact[name].length, { at, dense, width: fanOut });
      const sums = productMagnitudes(x, weight, bias, rows, fanIn, fanOut);
      const product = sums.map((sum) => (fanIn + 1) * U * sum);
      const mask = ops.dropoutMask(keepDecisions(rows, fanOut, dropout, key), dropout);
      const r = denseRows(exact.r, 0, rows, fanOut);
      if (!batchNorm) {
        const onY = times(product, mask).map((error, i) => error + 2 * U * Math.abs(r[i] * mask[i]));
        return { r: placed("r", 0, product), y: placed("y", 0, onY) };
      }
      const stride = rowStride(fanOut);
      const exactMean = exact.saved.slice(0, fanOut);
      const inverse = Float64Array.from(exact.saved.slice(stride, stride + fanOut));
      const sigma = inverse.map((s) => 1 / s);
      const terms = rowsPerSum(capacity, "wide") + 16; // wide adds up more rows one by one
      const worst = columnMaxima(product, rows, fanOut);
      const mean = columnMeans(magnitudes(r), rows, fanOut);
      const distance = worst.map((error, j) => error + terms * U * mean[j]); // D of the header
      const onY = r.map((value, i) => {
        const j = i % fanOut;
        const xHat = Math.abs(value - exactMean[j]) / sigma[j];
        const onXHat = ((1 + xHat) * distance[j]) / sigma[j] + terms * U * xHat;
        return mask[i] * (Math.abs(gamma[j]) * onXHat + 4 * U * Math.abs(beta[j]));
      });
      const onSigma = sigma.map((s, j) => distance[j] / s + terms * U);
      const moved = (values: ArrayLike<number>, before: Float32Array, error: (j: number) => number) =>
        Float64Array.from(before, (old, j) => {
          return 4 * U * (Math.abs(values[j]) + Math.abs(old)) + BATCHNORM_MOMENTUM * error(j);
        });
      const onVariance = (j: number) => ((2 * rows) / (rows - 1)) * sigma[j] ** 2 * onSigma[j];
      const runningVar = exact.running.slice(norm.runningVar, norm.runningVar + fanOut);
      const saved = boundsOfRows(
        exact.saved.length,
        { at: 0, dense: distance, width: fanOut },
        { at: stride, dense: times(onSigma, inverse), width: fanOut },
      );
      // Behind the last column the variance is 0, and 1/σ not exact; gamma's padding makes it 0 in what follows.
      for (let j = stride + fanOut; j < 2 * stride; j++) saved[j] = terms * U * exact.saved[j];
      return {
        r: placed("r", 0, product),
        y: placed("y", 0, onY),
        saved,
        running: boundsOfRows(
          exact.running.length,
          { at: norm.runningMean, dense: moved(exactMean, oldMean, (j) => distance[j]), width: fanOut },
          { at: norm.runningVar, dense: moved(runningVar, oldVar, onVariance), width: fanOut },
        ),
      };
    },
  );
}

export interface ForwardEvalSize {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  fanIn: number;
  fanOut: number;
  bias?: boolean;
  relu?: boolean;
  batchNorm?: boolean;
  yRange?: readonly [number, number];
  outputRow?: number;
  /** How wide the weights are: large ones drive the sigmoid into its flat ends. */
  weightScale?: number;
}

export function linBnDropForwardEvalCase(size: ForwardEvalSize): KernelCase {
  const { rows, fanIn, fanOut, capacity = rows, relu = false, yRange = null, outputRow } = size;
  const random = new Random(11);
  const x = randomFloats(random, rows * fanIn);
  const weight = randomFloats(random, fanOut * fanIn, size.weightScale ?? 1 / Math.sqrt(fanIn));
  const bias = size.bias ? randomFloats(random, fanOut) : null;
  const gamma = randomFloats(random, fanOut);
  const beta = randomFloats(random, fanOut);
  const mean = randomFloats(random, fanOut);
  const variance = randomFloats(random, fanOut).map((v, i) => (i % 3 === 0 ? 0 : v * v));

  const arena = new CaseArena();
  const running = new CaseArena();
  const block = {
    fanIn,
    fanOut,
    weight: arena.matrix(weight, fanIn),
    bias: bias && arena.vector(bias),
    relu,
    batchNorm: size.batchNorm
      ? {
          gamma: arena.vector(gamma),
          beta: arena.vector(beta),
          runningMean: running.vector(mean),
          runningVar: running.vector(variance),
        }
      : null,
    dropout: 0,
    layer: 1,
  };
  const buffers = new CaseBuffers();
  const io = {
    params: buffers.input("params", arena.floats),
    running: buffers.input("running", running.floats),
    x: buffers.inputMatrix("x", capacity, fanIn, x),
    y: buffers.outputMatrix("y", capacity + (outputRow ?? 0), fanOut),
  };
  const options = { eps: BATCHNORM_EPS, yRange, toOutput: outputRow !== undefined };
  // A step's output_row must not matter where the recording does not write to the output.
  const step = stepOf({ rows, output_row: outputRow ?? 3 });

  return buffers.case(
    titleOf(size),
    (rec) => linBnDropForwardEval(rec, block, io, options),
    step,
    (exact) => {
      const sums = productMagnitudes(x, weight, bias, rows, fanIn, fanOut);
      let bound = sums.map((sum) => (fanIn + 1) * U * sum);
      if (size.batchNorm) {
        let z = ops.linearForward(f64(x), f64(weight), bias && f64(bias), rows, fanIn, fanOut);
        if (relu) z = ops.reluForward(z);
        bound = bound.map((error, i) => {
          const j = i % fanOut;
          const scale = Math.abs(gamma[j]) / Math.sqrt(variance[j] + BATCHNORM_EPS);
          return scale * (error + 8 * U * Math.abs(z[i] - mean[j])) + U * Math.abs(beta[j]);
        });
      }
      if (yRange) {
        const span = yRange[1] - yRange[0];
        bound = bound.map((error) => span * (error / 4 + 8 * U) + U * Math.abs(yRange[0]));
      }
      const at = (outputRow ?? 0) * rowStride(fanOut);
      return { y: boundsOfRows(exact.y.length, { at, dense: bound, width: fanOut }) };
    },
  );
}

export interface BackwardSize {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  /** Width of the block. */
  width: number;
  /** Outputs of the next Linear; 0 where none follows and d_z is the gradient at the block's own output. */
  fanOut: number;
  relu?: boolean;
  batchNorm?: boolean;
  dropout?: number;
  /** What the ReLU let through: about half of the elements, or none. */
  nothingPasses?: boolean;
}

export function linBnDropBackwardCase(size: BackwardSize): KernelCase {
  const { rows, width, fanOut, capacity = rows, relu = true, batchNorm = true, dropout = 0 } = size;
  const random = new Random(13);
  const dZ = randomFloats(random, rows * (fanOut || width));
  const weight = randomFloats(random, fanOut * width);
  const gamma = randomFloats(random, width);
  const r = randomFloats(random, rows * width).map((v) =>
    relu ? (size.nothingPasses ? 0 : Math.max(v, 0)) : v,
  );
  const mean = Float32Array.from(columnMeans(f64(r), rows, width));
  const squares = r.map((v, i) => (v - mean[i % width]) ** 2);
  const inverse = Float32Array.from(
    columnMeans(f64(squares), rows, width),
    (v) => 1 / Math.sqrt(v + BATCHNORM_EPS),
  );

  const arena = new CaseArena();
  const next = fanOut > 0 ? { fanIn: width, fanOut, weight: arena.matrix(weight, width), bias: null } : null;
  const norm = { gamma: arena.vector(gamma), beta: arena.vector(gamma), runningMean: 0, runningVar: 0 };
  const block = {
    fanIn: 1,
    fanOut: width,
    weight: 0,
    bias: null,
    relu,
    batchNorm: batchNorm ? norm : null,
    dropout,
    layer: 2,
  };
  const key = { layer: 2, number: 9, seed: 7 };
  const buffers = new CaseBuffers();
  const io = {
    params: buffers.input("params", arena.floats),
    d_z: buffers.inputMatrix("d_z", capacity, fanOut || width, dZ),
    r: buffers.inputMatrix("r", capacity, width, r),
    saved: buffers.inputMatrix("saved", 2, width, Float32Array.of(...mean, ...inverse)),
    d_r: buffers.outputMatrix("d_r", capacity, width),
    grads: buffers.output("grads", [arena.floats.length]),
  };
  const step = stepOf({ rows, number: key.number, seed: key.seed });

  return buffers.case(
    titleOf(size),
    (rec) => linBnDropBackward(rec, block, next, io),
    step,
    (exact) => {
      const onDR = (dense: Float64Array) => boundsOfRows(exact.d_r.length, { at: 0, dense, width });
      const back = (d: Float64Array, w: Float64Array) =>
        fanOut > 0 ? ops.linearBackwardInput(d, w, rows, width, fanOut) : d;
      const mask = ops.dropoutMask(keepDecisions(rows, width, dropout, key), dropout);
      const a = times(back(magnitudes(dZ), magnitudes(weight)), mask); // A of the header
      if (!batchNorm) return { d_r: onDR(a.map((sum) => (fanOut + 2) * U * sum)) };
      const xHat = f64(r).map((v, i) => Math.abs((v - mean[i % width]) * inverse[i % width]));
      const terms = (fanOut + rowsPerSum(capacity, "wide") + 32) * U;
      const weighted = times(a, xHat);
      const [meanA, meanAx] = [columnMeans(a, rows, width), columnMeans(weighted, rows, width)];
      const bound = a.map((sum, i) => {
        const j = i % width;
        return terms * Math.abs(gamma[j] * inverse[j]) * (sum + meanA[j] + xHat[i] * meanAx[j]);
      });
      const onBeta = columnSums(a, rows, width).map((sum) => terms * sum);
      const onGamma = columnSums(weighted, rows, width).map((sum) => terms * sum);
      return {
        d_r: onDR(bound),
        grads: boundsOfRows(
          exact.grads.length,
          { at: norm.gamma, dense: onGamma, width },
          { at: norm.beta, dense: onBeta, width },
        ),
      };
    },
  );
}

export const linBnDropForwardTrainCheck = checkOf("lin_bn_drop_forward_train", linBnDropForwardTrainCase, [
  { rows: 2, fanIn: 1, fanOut: 1, bias: true },
  { rows: 9, fanIn: 7, fanOut: 9 },
  { rows: 67, fanIn: 13, fanOut: 17, bias: true, dropout: 0.25 },
  { rows: 65, capacity: 120, fanIn: 5, fanOut: 10 },
  { rows: 9, fanIn: 130, fanOut: 10 },
  { rows: 1, fanIn: 5, fanOut: 9, bias: true, batchNorm: false },
  { rows: 513, fanIn: 5, fanOut: 9, bias: true, relu: false, shift: 100 },
]);

export const linBnDropForwardEvalCheck = checkOf("lin_bn_drop_forward_eval", linBnDropForwardEvalCase, [
  { rows: 1, fanIn: 1, fanOut: 1, bias: true },
  { rows: 9, fanIn: 7, fanOut: 9 },
  { rows: 64, fanIn: 3, fanOut: 64 },
  { rows: 65, fanIn: 65, fanOut: 66, bias: true },
  { rows: 19, fanIn: 11, fanOut: 9, bias: true, relu: true, batchNorm: true },
  { rows: 17, fanIn: 7, fanOut: 3, bias: true, yRange: [-5, 10.8], weightScale: 20 },
  { rows: 9, capacity: 20, fanIn: 5, fanOut: 11, bias: true, outputRow: 11 },
]);

export const linBnDropBackwardCheck = checkOf("lin_bn_drop_backward", linBnDropBackwardCase, [
  { rows: 2, width: 1, fanOut: 1 },
  { rows: 9, width: 7, fanOut: 9 },
  { rows: 67, width: 17, fanOut: 13, dropout: 0.25 },
  { rows: 65, capacity: 120, width: 10, fanOut: 5 },
  { rows: 9, width: 10, fanOut: 130 },
  { rows: 9, width: 5, fanOut: 0, relu: false },
  { rows: 8, width: 9, fanOut: 5, batchNorm: false },
  { rows: 513, width: 9, fanOut: 5 },
]);
