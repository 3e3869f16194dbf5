import { describe, expect, it } from "vitest";
import * as ops from "../../src/cpu/ops/ops.ts";
import { continuousBackward } from "../../src/kernels/continuous.ts";
import { BATCHNORM_EPS } from "../../src/model/config.ts";
import { Random } from "../../src/random.ts";
import { columnSums, f64, magnitudes } from "../support/bounds.ts";
import { expectClose } from "../support/close.ts";
import { stepOf, U, withKernel } from "../support/kernel_harness.ts";
import { randomFloats } from "../support/random_arrays.ts";
import { TestArena } from "../support/test_arena.ts";

interface Case {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  /** Columns of the embeddings, before the continuous ones. */
  width: number;
  continuous: number;
}

async function check(c: Case): Promise<void> {
  const { rows, width, continuous, capacity = rows } = c;
  const random = new Random(22);
  const tableRows = rows + 5;
  const rowStart = 2;
  const rowIndex = Uint32Array.from({ length: tableRows }, (_, i) => tableRows - 1 - i);
  const values = randomFloats(random, tableRows * continuous);
  const inputs = width + continuous;
  const dX = randomFloats(random, rows * inputs);
  const mean = randomFloats(random, continuous, 0.1);
  const inverse = randomFloats(random, continuous).map((v) => 0.5 + Math.abs(v));
  const arena = new TestArena();
  const none = new Float32Array(continuous);
  const batchNorm = { gamma: arena.vector(none), beta: arena.vector(none), runningMean: 0, runningVar: 0 };

  const { floats, isWritten } = await withKernel(async (run) => {
    const io = {
      d_x: run.inputMatrix("d_x", capacity, inputs, dX),
      saved: run.input("saved", Float32Array.of(...mean, ...inverse), [2, continuous]),
      grads: run.output("grads", [arena.floats.length]),
    };
    const table = {
      codes: run.output("codes", [1]),
      words: 0,
      continuous: run.input("continuous", values, [tableRows, continuous]),
      targets: run.output("targets", [1]),
      rowIndex: run.input("row_index", rowIndex),
    };
    const step = stepOf({ rows, row_start: rowStart });
    const input = { width, nContinuous: continuous, batchNorm };
    await run.run((rec) => continuousBackward(rec, io, table, input), step);
    return run.written(io.grads);
  });
  const what = JSON.stringify(c);
  expect(isWritten.filter(Boolean).length, `gradients written ${what}`).toBe(2 * continuous);

  const x = f64(
    [...rowIndex.subarray(rowStart, rowStart + rows)].flatMap((source) => [
      ...values.subarray(source * continuous, (source + 1) * continuous),
    ]),
  );
  const dY = f64(dX.filter((_, i) => i % inputs >= width));
  // The statistics that the kernel is given are those of the twin.
  const variance = f64(inverse).map((s) => 1 / s ** 2 - BATCHNORM_EPS);
  const gamma = new Float64Array(continuous).fill(1);
  const exact = ops.batchNormBackward(dY, x, gamma, f64(mean), variance, rows, continuous);
  const terms = (rows / 64 + 16) * U;
  const size = magnitudes(dY).map(
    (d, i) => d * (1 + Math.abs((x[i] - mean[i % continuous]) * inverse[i % continuous])),
  );
  const bound = columnSums(size, rows, continuous).map((sum) => terms * sum);
  const at = (offset: number) => floats.subarray(offset, offset + continuous);
  expectClose(at(batchNorm.gamma), exact.dGamma, bound, `d_gamma ${what}`);
  expectClose(at(batchNorm.beta), exact.dBeta, bound, `d_beta ${what}`);
}

describe("continuous_backward", () => {
  it("sums over the rows of the batch at awkward sizes", async () => {
    for (const rows of [1, 2, 3, 63, 64, 65, 127, 511, 1030]) await check({ rows, width: 7, continuous: 3 });
    for (const width of [0, 1, 4, 217]) await check({ rows: 13, width, continuous: 1 });
    for (const continuous of [4, 5, 8, 16]) await check({ rows: 13, width: 6, continuous });
  });

  it("keeps rows beyond a partial batch out of the sums", async () => {
    for (const rows of [1, 64, 65]) await check({ rows, capacity: 100, width: 5, continuous: 3 });
  });
});
