import { describe, expect, it } from "vitest";
import * as ops from "../../src/cpu/ops/ops.ts";
import { linBnDropForwardEval } from "../../src/kernels/lin_bn_drop.ts";
import { BATCHNORM_EPS } from "../../src/model/config.ts";
import { Random } from "../../src/random.ts";
import { f64, productMagnitudes } from "../support/bounds.ts";
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
  yRange?: readonly [number, number];
  outputRow?: number;
  /** How wide the weights are: large ones drive the sigmoid into its flat ends. */
  weightScale?: number;
}

async function check(c: Case): Promise<void> {
  const { rows, fanIn, fanOut, capacity = rows, relu = false, yRange = null, outputRow } = c;
  const random = new Random(11);
  const x = randomFloats(random, rows * fanIn);
  const weight = randomFloats(random, fanOut * fanIn, c.weightScale ?? 1 / Math.sqrt(fanIn));
  const bias = c.bias ? randomFloats(random, fanOut) : null;
  const gamma = randomFloats(random, fanOut);
  const beta = randomFloats(random, fanOut);
  const mean = randomFloats(random, fanOut);
  const variance = randomFloats(random, fanOut).map((v, i) => (i % 3 === 0 ? 0 : v * v));

  const arena = new TestArena();
  const running = new TestArena();
  const block = {
    fanIn,
    fanOut,
    weight: arena.matrix(weight, fanIn),
    bias: bias && arena.vector(bias),
    relu,
    batchNorm: c.batchNorm
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
  const toOutput = outputRow !== undefined;
  const y = await withKernel(async (run) => {
    const io = {
      params: run.input("params", arena.floats),
      running: run.input("running", running.floats),
      x: run.inputMatrix("x", capacity, fanIn, x),
      y: run.outputMatrix("y", capacity + (outputRow ?? 0), fanOut),
    };
    const options = { eps: BATCHNORM_EPS, yRange, toOutput };
    // A step's output_row must not matter where the recording does not write to the output.
    const step = stepOf({ rows, output_row: outputRow ?? 3 });
    await run.run((rec) => linBnDropForwardEval(rec, block, io, options), step);
    return run.rows(io.y, rows, outputRow);
  });

  let expected = ops.linearForward(f64(x), f64(weight), bias && f64(bias), rows, fanIn, fanOut);
  let bound = productMagnitudes(x, weight, bias, rows, fanIn, fanOut).map((sum) => (fanIn + 1) * U * sum);
  if (relu) expected = ops.reluForward(expected);
  if (c.batchNorm) {
    const statistics = { mean: f64(mean), var: f64(variance) };
    const z = expected;
    expected = ops.batchNormForwardEval(z, f64(gamma), f64(beta), statistics, rows, fanOut);
    bound = bound.map((error, i) => {
      const j = i % fanOut;
      const scale = Math.abs(gamma[j]) / Math.sqrt(variance[j] + BATCHNORM_EPS);
      return scale * (error + 8 * U * Math.abs(z[i] - mean[j])) + U * Math.abs(beta[j]);
    });
  }
  if (yRange) {
    const span = yRange[1] - yRange[0];
    expected = ops.yRangeForward(expected, yRange);
    bound = bound.map((error) => span * (error / 4 + 8 * U) + U * Math.abs(yRange[0]));
  }
  expectClose(y, expected, bound, JSON.stringify(c));
  if (yRange) for (const value of y) expect(value >= yRange[0] && value <= yRange[1]).toBe(true);
}

describe("lin_bn_drop_forward_eval", () => {
  it("is a Linear at awkward sizes, with and without a bias", async () => {
    const sizes = [
      [1, 1, 1],
      [2, 3, 4],
      [3, 4, 5],
      [7, 5, 7],
      [8, 8, 8],
      [9, 7, 9],
      [63, 9, 63],
      [64, 64, 64],
      [65, 65, 65],
      [17, 233, 13],
      [31, 13, 233],
      [513, 3, 1],
    ];
    for (const [i, [rows, fanIn, fanOut]] of sizes.entries()) {
      await check({ rows, fanIn, fanOut, bias: i % 2 === 0 });
    }
  });

  it("applies ReLU and running statistics, variance 0 included", async () => {
    for (const fanOut of [1, 8, 9, 65]) {
      await check({ rows: 19, fanIn: 11, fanOut, bias: true, relu: true, batchNorm: true });
      await check({ rows: 8, fanIn: 11, fanOut, relu: true });
      await check({ rows: 8, fanIn: 11, fanOut, batchNorm: true });
    }
  });

  it("squashes into y_range, also far beyond where the sigmoid is flat", async () => {
    for (const fanOut of [1, 3, 4, 5]) {
      await check({ rows: 65, fanIn: 7, fanOut, bias: true, yRange: [0, 10.8] });
      await check({ rows: 65, fanIn: 1, fanOut, bias: true, yRange: [-5, -1], weightScale: 90 });
    }
  });

  it("leaves rows beyond a partial batch alone", async () => {
    for (const rows of [1, 7, 8, 9, 64, 65]) await check({ rows, capacity: 130, fanIn: 5, fanOut: 6 });
  });

  it("writes an evaluation batch from the step's output_row on", async () => {
    await check({ rows: 9, fanIn: 5, fanOut: 3, outputRow: 11 });
    await check({ rows: 9, capacity: 20, fanIn: 5, fanOut: 4, bias: true, outputRow: 1 });
  });
});
