import { describe, expect, it } from "vitest";
import * as ops from "../../src/cpu/ops/ops.ts";
import { continuousForwardTrain } from "../../src/kernels/continuous.ts";
import { BATCHNORM_EPS, BATCHNORM_MOMENTUM } from "../../src/model/config.ts";
import { Random } from "../../src/random.ts";
import { columnMeans, f64, magnitudes } from "../support/bounds.ts";
import { expectClose } from "../support/close.ts";
import { stepOf, U, withKernel } from "../support/kernel_harness.ts";
import { randomFloats } from "../support/random_arrays.ts";
import { TestArena } from "../support/test_arena.ts";

interface Case {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  /** Columns of the embeddings, which this kernel leaves alone. */
  width: number;
  continuous: number;
  value?: (random: Random, column: number) => number;
}

async function check(c: Case): Promise<void> {
  const { rows, width, continuous, capacity = rows } = c;
  const random = new Random(21);
  const tableRows = rows + 5;
  const rowStart = 2;
  const rowIndex = Uint32Array.from({ length: tableRows }, (_, i) => tableRows - 1 - i);
  const values = Float32Array.from(
    { length: tableRows * continuous },
    (_, i) => c.value?.(random, i % continuous) ?? random.normal(),
  );
  const [gamma, beta, oldMean] = [1, 2, 3].map(() => randomFloats(random, continuous));
  const oldVar = randomFloats(random, continuous).map((v) => v * v);
  const arena = new TestArena();
  const runningArena = new TestArena();
  const batchNorm = {
    gamma: arena.vector(gamma),
    beta: arena.vector(beta),
    runningMean: runningArena.vector(oldMean),
    runningVar: runningArena.vector(oldVar),
  };

  const stride = 4 * Math.ceil((width + continuous) / 4);
  const gpu = await withKernel(async (run) => {
    const io = {
      params: run.input("params", arena.floats),
      running: run.input("running", runningArena.floats),
      saved: run.output("saved", [2, continuous]),
      x: run.outputMatrix("x", capacity, width + continuous),
    };
    const table = {
      codes: run.output("codes", [1]),
      words: 0,
      continuous: run.input("continuous", values, [tableRows, continuous]),
      targets: run.output("targets", [1]),
      rowIndex: run.input("row_index", rowIndex),
    };
    const input = {
      width,
      nContinuous: continuous,
      batchNorm,
      eps: BATCHNORM_EPS,
      momentum: BATCHNORM_MOMENTUM,
    };
    await run.run(
      (rec) => continuousForwardTrain(rec, io, table, input),
      stepOf({ rows, row_start: rowStart }),
    );
    const running = await run.floats(io.running);
    return {
      x: await run.written(io.x),
      saved: await run.floats(io.saved),
      mean: running.subarray(batchNorm.runningMean, batchNorm.runningMean + continuous),
      variance: running.subarray(batchNorm.runningVar, batchNorm.runningVar + continuous),
    };
  });
  const what = JSON.stringify(c);
  const isOurs = (i: number) =>
    Math.floor(i / stride) < rows && i % stride >= width && i % stride < width + continuous;
  expect(gpu.x.isWritten.filter((yes, i) => yes !== isOurs(i)).length, `where it wrote ${what}`).toBe(0);

  const x = f64(
    [...rowIndex.subarray(rowStart, rowStart + rows)].flatMap((source) => [
      ...values.subarray(source * continuous, (source + 1) * continuous),
    ]),
  );
  const old = { mean: f64(oldMean), var: f64(oldVar) };
  const exact = ops.batchNormForwardTrain(x, f64(gamma), f64(beta), old, rows, continuous);
  const sigma = exact.variance.map((v) => Math.sqrt(v + BATCHNORM_EPS));
  const size = columnMeans(magnitudes(x), rows, continuous);
  const terms = (rows / 64 + 16) * U;
  const bound = x.map((value, i) => {
    const j = i % continuous;
    const xHat = Math.abs(value - exact.mean[j]) / sigma[j];
    return terms * Math.abs(gamma[j]) * (size[j] / sigma[j] + xHat) + U * Math.abs(beta[j]);
  });
  expectClose(
    gpu.x.floats.filter((_, i) => isOurs(i)),
    exact.y,
    bound,
    `x ${what}`,
  );
  const onMean = size.map((s) => terms * s);
  expectClose(gpu.saved.subarray(0, continuous), exact.mean, onMean, `mean ${what}`);
  const inverse = sigma.map((s) => 1 / s);
  expectClose(
    gpu.saved.subarray(continuous),
    inverse,
    inverse.map((s) => terms * s),
    `1/σ ${what}`,
  );
  const onRunning = (error: Float64Array, now: Float64Array, before: Float32Array) =>
    now.map((value, j) => 4 * U * (Math.abs(value) + Math.abs(before[j])) + BATCHNORM_MOMENTUM * error[j]);
  expectClose(gpu.mean, exact.runningMean, onRunning(onMean, exact.mean, oldMean), `running_mean ${what}`);
  const onVar = exact.variance.map((v) => (2 * terms * v * rows) / (rows - 1));
  expectClose(
    gpu.variance,
    exact.runningVar,
    onRunning(onVar, exact.runningVar, oldVar),
    `running_var ${what}`,
  );
}

describe("continuous_forward_train", () => {
  it("normalises with the batch's statistics and moves the running ones, at awkward sizes", async () => {
    for (const rows of [2, 3, 63, 64, 65, 127, 511, 1030]) await check({ rows, width: 7, continuous: 3 });
    for (const width of [0, 1, 4, 217]) await check({ rows: 13, width, continuous: 1 });
    for (const continuous of [4, 5, 8, 16]) await check({ rows: 13, width: 6, continuous });
  });

  it("survives constant columns and columns far from 0", async () => {
    await check({ rows: 30, width: 3, continuous: 4, value: (_, column) => [0, 1, -7.3, 1e4][column] });
    await check({ rows: 999, width: 3, continuous: 2, value: (random) => 1000 + random.normal() });
  });

  it("keeps rows beyond a partial batch out of the statistics", async () => {
    for (const rows of [2, 64, 65]) await check({ rows, capacity: 100, width: 5, continuous: 3 });
  });
});
