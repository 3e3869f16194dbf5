import { describe, expect, it } from "vitest";
import { keepDecisions } from "../../src/cpu/ops/dropout_bits.ts";
import * as ops from "../../src/cpu/ops/ops.ts";
import { linBnDropBackward } from "../../src/kernels/lin_bn_drop.ts";
import { threadsForRows } from "../../src/kernels/shapes.ts";
import { BATCHNORM_EPS } from "../../src/model/config.ts";
import { Random } from "../../src/random.ts";
import { columnMeans, columnSums, f64, magnitudes, times } from "../support/bounds.ts";
import { expectClose } from "../support/close.ts";
import { stepOf, U, withKernel } from "../support/kernel_harness.ts";
import { randomFloats } from "../support/random_arrays.ts";
import { TestArena } from "../support/test_arena.ts";

interface Case {
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

async function check(c: Case): Promise<void> {
  const { rows, width, fanOut, capacity = rows, relu = true, batchNorm = true, dropout = 0 } = c;
  const random = new Random(13);
  const dZ = randomFloats(random, rows * (fanOut || width));
  const weight = randomFloats(random, fanOut * width);
  const gamma = randomFloats(random, width);
  const r = randomFloats(random, rows * width).map((v) =>
    relu ? (c.nothingPasses ? 0 : Math.max(v, 0)) : v,
  );
  const mean = Float32Array.from(columnMeans(f64(r), rows, width));
  const squares = r.map((v, i) => (v - mean[i % width]) ** 2);
  const inverse = Float32Array.from(
    columnMeans(f64(squares), rows, width),
    (v) => 1 / Math.sqrt(v + BATCHNORM_EPS),
  );

  const arena = new TestArena();
  const next = fanOut > 0 ? { fanIn: width, fanOut, weight: arena.matrix(weight, width), bias: null } : null;
  const norm = { gamma: arena.vector(gamma), beta: arena.vector(gamma), runningMean: 0, runningVar: 0 };
  const block = { fanIn: 1, fanOut: width, weight: 0, bias: null, relu, dropout, layer: 2 };
  const key = { layer: 2, number: 9, seed: 7 };
  const gpu = await withKernel(async (run) => {
    const io = {
      params: run.input("params", arena.floats),
      d_z: run.inputMatrix("d_z", capacity, fanOut || width, dZ),
      r: run.inputMatrix("r", capacity, width, r),
      saved: run.inputMatrix("saved", 2, width, Float32Array.of(...mean, ...inverse)),
      d_r: run.outputMatrix("d_r", capacity, width),
      grads: run.output("grads", [arena.floats.length]),
    };
    const step = stepOf({ rows, number: key.number, seed: key.seed });
    const whole = { ...block, batchNorm: batchNorm ? norm : null };
    await run.run((rec) => linBnDropBackward(rec, whole, next, io), step);
    const grads = await run.written(io.grads);
    const padded = 4 * Math.ceil(width / 4);
    expect(grads.isWritten.filter(Boolean).length, "gradients written").toBe(batchNorm ? 2 * padded : 0);
    return {
      dR: await run.rows(io.d_r, rows),
      dGamma: grads.floats.slice(norm.gamma, norm.gamma + width),
      dBeta: grads.floats.slice(norm.beta, norm.beta + width),
      padding: [norm.gamma, norm.beta].flatMap((at) => [...grads.floats.slice(at + width, at + padded)]),
    };
  });

  // What the kernel is given is exact: the statistics it reads are those of the twin too.
  const variance = f64(inverse).map((s) => 1 / s ** 2 - BATCHNORM_EPS);
  const back = (d: Float64Array, w: Float64Array) =>
    fanOut > 0 ? ops.linearBackwardInput(d, w, rows, width, fanOut) : d;
  const mask = ops.dropoutMask(keepDecisions(rows, width, dropout, key), dropout);
  const dY = times(back(f64(dZ), f64(weight)), mask);
  const a = times(back(magnitudes(dZ), magnitudes(weight)), mask); // A of the header
  const what = JSON.stringify(c);
  if (!batchNorm) {
    const expected = relu ? ops.reluBackward(dY, f64(r)) : dY;
    expectClose(
      gpu.dR,
      expected,
      a.map((sum) => (fanOut + 2) * U * sum),
      `d_r ${what}`,
    );
    return;
  }
  const exact = ops.batchNormBackward(dY, f64(r), f64(gamma), f64(mean), variance, rows, width);
  const dR = relu ? ops.reluBackward(exact.dX, f64(r)) : exact.dX;
  const xHat = f64(r).map((v, i) => Math.abs((v - mean[i % width]) * inverse[i % width]));
  const terms = (fanOut + rows / threadsForRows(capacity) + 32) * U;
  const [meanA, meanAx] = [columnMeans(a, rows, width), columnMeans(times(a, xHat), rows, width)];
  const bound = a.map((sum, i) => {
    const j = i % width;
    return terms * Math.abs(gamma[j] * inverse[j]) * (sum + meanA[j] + xHat[i] * meanAx[j]);
  });
  expectClose(gpu.dR, dR, bound, `d_r ${what}`);
  const onBeta = columnSums(a, rows, width).map((sum) => terms * sum);
  const onGamma = columnSums(times(a, xHat), rows, width).map((sum) => terms * sum);
  expectClose(gpu.dBeta, exact.dBeta, onBeta, `d_beta ${what}`);
  expectClose(gpu.dGamma, exact.dGamma, onGamma, `d_gamma ${what}`);
  expect(
    gpu.padding.every((v) => v === 0),
    `padding of d_gamma, d_beta ${what}`,
  ).toBe(true);
}

describe("lin_bn_drop_backward", () => {
  it("goes back through BatchNorm and ReLU at awkward sizes", async () => {
    const sizes = [
      [2, 1, 1],
      [2, 9, 3],
      [3, 3, 4],
      [7, 8, 5],
      [8, 7, 8],
      [9, 4, 9],
      [63, 5, 7],
      [64, 64, 63],
      [65, 63, 65],
      [67, 13, 233],
      [31, 233, 13],
      [511, 8, 3],
      [512, 9, 4],
      [513, 1, 5],
      [1030, 17, 7],
    ];
    for (const [rows, width, fanOut] of sizes) await check({ rows, width, fanOut });
  });

  it("does without BatchNorm, without ReLU, and in a batch of one row", async () => {
    for (const rows of [1, 8, 513]) {
      await check({ rows, width: 9, fanOut: 5, batchNorm: false });
      await check({ rows, width: 6, fanOut: 5, batchNorm: false, relu: false });
    }
    await check({ rows: 33, width: 9, fanOut: 5, relu: false });
  });

  it("takes d_z as it is where the block is the last one", async () => {
    for (const rows of [2, 9, 513]) await check({ rows, width: 5, fanOut: 0, relu: false });
    await check({ rows: 17, capacity: 40, width: 8, fanOut: 0, relu: false });
  });

  it("gives no gradient where the ReLU let nothing through", async () => {
    await check({ rows: 30, width: 9, fanOut: 5, nothingPasses: true });
    await check({ rows: 30, width: 9, fanOut: 5, nothingPasses: true, batchNorm: false });
  });

  it("leaves rows beyond a partial batch alone, and out of the sums", async () => {
    for (const rows of [2, 7, 8, 9, 65]) await check({ rows, capacity: 120, width: 6, fanOut: 5 });
    await check({ rows: 513, capacity: 1030, width: 5, fanOut: 3 });
  });

  it("drops the elements that the forward direction dropped", async () => {
    await check({ rows: 65, width: 9, fanOut: 5, dropout: 0.5 });
    await check({ rows: 65, width: 8, fanOut: 0, dropout: 0.1, relu: false });
    await check({ rows: 65, width: 8, fanOut: 3, dropout: 0.25, batchNorm: false });
  });
});
