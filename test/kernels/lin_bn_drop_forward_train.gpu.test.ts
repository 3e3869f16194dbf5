import { describe, expect, it } from "vitest";
import { keepDecisions } from "../../src/cpu/ops/dropout_bits.ts";
import * as ops from "../../src/cpu/ops/ops.ts";
import { linBnDropForwardTrain } from "../../src/kernels/lin_bn_drop.ts";
import { threadsForRows } from "../../src/kernels/shapes.ts";
import { BATCHNORM_EPS, BATCHNORM_MOMENTUM } from "../../src/model/config.ts";
import { Random } from "../../src/random.ts";
import { columnMaxima, columnMeans, f64, magnitudes, productMagnitudes, times } from "../support/bounds.ts";
import { expectClose } from "../support/close.ts";
import { stepOf, U, withKernel } from "../support/kernel_harness.ts";
import { randomFloats } from "../support/random_arrays.ts";
import { TestArena } from "../support/test_arena.ts";

interface Case {
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

async function check(c: Case): Promise<void> {
  const { rows, fanIn, fanOut, capacity = rows, relu = true, batchNorm = true, dropout = 0 } = c;
  const random = new Random(12);
  const x = randomFloats(random, rows * fanIn);
  const weight = randomFloats(random, fanOut * fanIn, c.weightScale ?? 1 / Math.sqrt(fanIn));
  const bias = c.bias ? randomFloats(random, fanOut).map((b) => b + (c.shift ?? 0)) : null;
  const gamma = randomFloats(random, fanOut);
  const beta = randomFloats(random, fanOut);
  const oldMean = randomFloats(random, fanOut);
  const oldVar = randomFloats(random, fanOut).map((v) => v * v);

  const arena = new TestArena();
  const runningArena = new TestArena();
  const block = {
    fanIn,
    fanOut,
    weight: arena.matrix(weight, fanIn),
    bias: bias && arena.vector(bias),
    relu,
    batchNorm: batchNorm
      ? {
          gamma: arena.vector(gamma),
          beta: arena.vector(beta),
          runningMean: runningArena.vector(oldMean),
          runningVar: runningArena.vector(oldVar),
        }
      : null,
    dropout,
    layer: 3,
  };
  const key = { layer: 3, number: 17, seed: 42 };
  const gpu = await withKernel(async (run) => {
    const io = {
      params: run.input("params", arena.floats),
      running: run.input("running", runningArena.floats),
      x: run.inputMatrix("x", capacity, fanIn, x),
      r: run.outputMatrix("r", capacity, fanOut),
      y: run.outputMatrix("y", capacity, fanOut),
      saved: run.outputMatrix("saved", 2, fanOut),
    };
    const constants = { eps: BATCHNORM_EPS, momentum: BATCHNORM_MOMENTUM };
    const step = stepOf({ rows, number: key.number, seed: key.seed });
    await run.run((rec) => linBnDropForwardTrain(rec, block, io, constants), step);
    const running = await run.floats(io.running);
    const at = (offset = 0) => running.subarray(offset, offset + fanOut);
    return {
      r: await run.rows(io.r, rows),
      y: await run.rows(io.y, rows),
      saved: batchNorm ? await savedOf(run.written(io.saved), fanOut) : null,
      runningMean: at(block.batchNorm?.runningMean),
      runningVar: at(block.batchNorm?.runningVar),
    };
  });

  const z = ops.linearForward(f64(x), f64(weight), bias && f64(bias), rows, fanIn, fanOut);
  const r = relu ? ops.reluForward(z) : z;
  const sums = productMagnitudes(x, weight, bias, rows, fanIn, fanOut);
  const product = sums.map((sum) => (fanIn + 1) * U * sum);
  const what = JSON.stringify(c);
  expectClose(gpu.r, r, product, `r ${what}`);

  const keep = keepDecisions(rows, fanOut, dropout, key);
  const mask = ops.dropoutMask(keep, dropout);
  if (!batchNorm) {
    const bound = times(product, mask).map((error, i) => error + 2 * U * Math.abs(r[i] * mask[i]));
    expectClose(gpu.y, ops.dropoutForward(r, mask), bound, `y ${what}`);
    return;
  }
  const old = { mean: f64(oldMean), var: f64(oldVar) };
  const exact = ops.batchNormForwardTrain(r, f64(gamma), f64(beta), old, rows, fanOut);
  const sigma = exact.variance.map((v) => Math.sqrt(v + BATCHNORM_EPS));
  const terms = rows / threadsForRows(capacity) + 16;
  const worst = columnMaxima(product, rows, fanOut);
  const mean = columnMeans(magnitudes(r), rows, fanOut);
  const distance = worst.map((error, j) => error + terms * U * mean[j]); // D of the header
  const bound = r.map((value, i) => {
    const j = i % fanOut;
    const xHat = Math.abs(value - exact.mean[j]) / sigma[j];
    const onXHat = ((1 + xHat) * distance[j]) / sigma[j] + terms * U * xHat;
    return mask[i] * (Math.abs(gamma[j]) * onXHat + 4 * U * Math.abs(beta[j]));
  });
  expectClose(gpu.y, ops.dropoutForward(exact.y, mask), bound, `y ${what}`);

  expectClose(gpu.saved!.mean, exact.mean, distance, `mean ${what}`);
  const onSigma = sigma.map((s, j) => distance[j] / s + terms * U);
  const inverse = sigma.map((s) => 1 / s);
  expectClose(gpu.saved!.inverse, inverse, times(onSigma, inverse), `1/σ ${what}`);

  const moved = (values: Float64Array, before: Float32Array, error: (j: number) => number) =>
    values.map((value, j) => 4 * U * (Math.abs(value) + Math.abs(before[j])) + BATCHNORM_MOMENTUM * error(j));
  expectClose(
    gpu.runningMean,
    exact.runningMean,
    moved(exact.mean, oldMean, (j) => distance[j]),
    "mean",
  );
  const onVariance = (j: number) => ((2 * rows) / (rows - 1)) * sigma[j] ** 2 * onSigma[j];
  expectClose(gpu.runningVar, exact.runningVar, moved(exact.runningVar, oldVar, onVariance), "var");
}

async function savedOf(written: Promise<{ floats: Float32Array }>, fanOut: number) {
  const { floats } = await written;
  const stride = 4 * Math.ceil(fanOut / 4);
  return { mean: floats.slice(0, fanOut), inverse: floats.slice(stride, stride + fanOut) };
}

describe("lin_bn_drop_forward_train", () => {
  it("normalises with the batch's statistics and moves the running ones, at awkward sizes", async () => {
    const sizes = [
      [2, 1, 1],
      [2, 3, 9],
      [3, 4, 3],
      [7, 5, 8],
      [8, 8, 7],
      [9, 9, 4],
      [63, 7, 5],
      [64, 63, 64],
      [65, 65, 63],
      [67, 233, 13],
      [31, 13, 233],
      [511, 3, 8],
      [512, 4, 9],
      [513, 5, 1],
      [1030, 7, 17],
    ];
    for (const [i, [rows, fanIn, fanOut]] of sizes.entries()) {
      await check({ rows, fanIn, fanOut, bias: i % 2 === 0 });
    }
  });

  it("does without BatchNorm, without ReLU, and in a batch of one row", async () => {
    for (const rows of [1, 8, 513]) {
      await check({ rows, fanIn: 5, fanOut: 9, bias: true, batchNorm: false });
      await check({ rows, fanIn: 5, fanOut: 9, relu: false, batchNorm: false });
    }
    await check({ rows: 33, fanIn: 5, fanOut: 9, bias: true, relu: false });
  });

  it("survives columns that are constant: all below 0, and all alike", async () => {
    await check({ rows: 30, fanIn: 5, fanOut: 9, bias: true, shift: -100 });
    await check({ rows: 30, fanIn: 5, fanOut: 9, bias: true, weightScale: 0 });
    await check({ rows: 513, fanIn: 5, fanOut: 9, bias: true, weightScale: 0, shift: 1000, relu: false });
  });

  it("computes the variance without cancellation where the mean is far from 0", async () => {
    await check({ rows: 1030, fanIn: 5, fanOut: 9, bias: true, shift: 300, relu: false });
  });

  it("leaves rows beyond a partial batch alone, and out of the statistics", async () => {
    for (const rows of [2, 7, 8, 9, 65]) await check({ rows, capacity: 120, fanIn: 5, fanOut: 6 });
    await check({ rows: 513, capacity: 1030, fanIn: 3, fanOut: 5, bias: true });
  });

  it("drops exactly the elements its key says", async () => {
    await check({ rows: 65, fanIn: 5, fanOut: 9, bias: true, dropout: 0.5 });
    await check({ rows: 65, fanIn: 5, fanOut: 8, bias: true, dropout: 0.1, batchNorm: false });
  });

  it("gives the same bits again", async () => {
    const once = async () =>
      withKernel(async (run) => {
        const random = new Random(5);
        const arena = new TestArena();
        const block = {
          fanIn: 20,
          fanOut: 11,
          weight: arena.matrix(randomFloats(random, 220), 20),
          bias: null,
          relu: true,
          batchNorm: {
            gamma: arena.vector(randomFloats(random, 11)),
            beta: arena.vector(randomFloats(random, 11)),
            runningMean: 0,
            runningVar: 64,
          },
          dropout: 0.2,
          layer: 1,
        };
        const io = {
          params: run.input("params", arena.floats),
          running: run.input("running", new Float32Array(128)),
          x: run.inputMatrix("x", 600, 20, randomFloats(random, 600 * 20)),
          r: run.outputMatrix("r", 600, 11),
          y: run.outputMatrix("y", 600, 11),
          saved: run.outputMatrix("saved", 2, 11),
        };
        const constants = { eps: BATCHNORM_EPS, momentum: BATCHNORM_MOMENTUM };
        await run.run((rec) => linBnDropForwardTrain(rec, block, io, constants), stepOf({ rows: 600 }));
        return [...(await run.rows(io.y, 600)), ...(await run.floats(io.running))];
      });
    expect(await once()).toEqual(await once());
  });
});
