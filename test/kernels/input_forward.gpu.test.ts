import { describe, expect, it } from "vitest";
import { keepDecisions } from "../../src/cpu/ops/dropout_bits.ts";
import * as ops from "../../src/cpu/ops/ops.ts";
import { rowStride } from "../../src/gpu/buffer_spec.ts";
import { type ContinuousMode, inputForward } from "../../src/kernels/input.ts";
import { BATCHNORM_EPS } from "../../src/model/config.ts";
import { Random } from "../../src/random.ts";
import { f64, magnitudes } from "../support/bounds.ts";
import { expectClose } from "../support/close.ts";
import { codePlaces, inputColumns } from "../support/input_columns.ts";
import { stepOf, U, withKernel } from "../support/kernel_harness.ts";
import { randomCodes, randomFloats } from "../support/random_arrays.ts";
import { TestArena } from "../support/test_arena.ts";

interface Case {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  /** `[num_embeddings, embedding_dim]` per categorical column. */
  sizes: readonly (readonly [number, number])[];
  /** Bits of each column's code in its packed word: 8, 16 or 32. */
  bits?: readonly (8 | 16 | 32)[];
  continuous: number;
  mode?: ContinuousMode;
  dropout?: number;
  keepCodes?: boolean;
}

async function check(c: Case): Promise<void> {
  const { rows, sizes, continuous, capacity = rows, mode = "copy", dropout = 0, keepCodes = true } = c;
  const random = new Random(20);
  const tableRows = 2 * rows + 5;
  const rowStart = 3;
  const rowIndex = Uint32Array.from({ length: tableRows }, (_, i) => tableRows - 1 - i);
  const codes = randomCodes(random, sizes, tableRows);
  const values = randomFloats(random, tableRows * continuous);
  const weights = sizes.map(([n, d]) => randomFloats(random, n * d));
  const [gamma, beta, mean] = [1, 2, 3].map(() => randomFloats(random, continuous));
  const variance = randomFloats(random, continuous).map((v, i) => (i % 3 === 0 ? 0 : v * v));

  const arena = new TestArena();
  const runningArena = new TestArena();
  const offsets = weights.map((weight) => arena.table(weight));
  const batchNorm =
    mode === "running"
      ? {
          gamma: arena.vector(gamma),
          beta: arena.vector(beta),
          runningMean: runningArena.vector(mean),
          runningVar: runningArena.vector(variance),
        }
      : null;
  const { places, words } = codePlaces(c.bits ?? sizes.map(() => 8));
  const packed = new Uint32Array(tableRows * words);
  codes.forEach((code, i) => {
    const { word, shift } = places[i % sizes.length];
    packed[Math.floor(i / sizes.length) * words + word] |= code << shift;
  });
  const width = sizes.reduce((sum, [, d]) => sum + d, 0);
  const inputs = width + continuous;
  const key = { layer: 0, number: 21, seed: 99 };

  const gpu = await withKernel(async (run) => {
    const io = {
      params: run.input("params", arena.floats),
      running: run.input("running", runningArena.floats),
      columns: run.input("columns", inputColumns(sizes, places, offsets), [width, 6]),
      x: run.outputMatrix("x", capacity, inputs),
      batch_codes: run.outputMatrix("batch_codes", sizes.length, capacity),
    };
    const table = {
      codes: run.input("codes", packed, [tableRows, words]),
      words,
      continuous: run.input("continuous", values, [tableRows, continuous]),
      targets: run.output("targets", [1]),
      rowIndex: run.input("row_index", rowIndex),
    };
    const input = {
      width,
      nContinuous: continuous,
      mode,
      batchNorm,
      eps: BATCHNORM_EPS,
      dropout,
      layer: 0,
      keepCodes,
    };
    const step = stepOf({ rows, row_start: rowStart, number: key.number, seed: key.seed });
    await run.run((rec) => inputForward(rec, io, table, input), step);
    return {
      x: mode === "skip" ? null : await run.rows(io.x, rows),
      written: await run.written(io.x),
      batchCodes: await run.written(io.batch_codes),
    };
  });

  const sources = [...rowIndex.subarray(rowStart, rowStart + rows)];
  const take = <T extends ArrayLike<number>>(table: T, n: number) =>
    sources.flatMap((source) => Array.from({ length: n }, (_, j) => table[source * n + j]));
  const batchCodes = take(codes, sizes.length);
  const embedded = ops.embeddingForward(batchCodes, weights.map(f64), sizes, rows);
  const keep = keepDecisions(rows, width, dropout, key, rowStride(inputs));
  const left = ops.dropoutForward(embedded, ops.dropoutMask(keep, dropout));
  const batch = f64(take(values, continuous));
  const right =
    mode === "running"
      ? ops.batchNormForwardEval(
          batch,
          f64(gamma),
          f64(beta),
          { mean: f64(mean), var: f64(variance) },
          rows,
          continuous,
        )
      : batch;
  const onLeft = magnitudes(left).map((v) => (dropout > 0 ? 2 * U * v : 0));
  const onRight = batch.map((value, i) => {
    const j = i % continuous;
    const scale = Math.abs(gamma[j]) / Math.sqrt(variance[j] + BATCHNORM_EPS);
    return mode === "running" ? 8 * U * (scale * Math.abs(value - mean[j]) + Math.abs(beta[j])) : 0;
  });
  const beside = (a: Float64Array, b: Float64Array) =>
    sources.flatMap((_, row) => [
      ...a.subarray(row * width, (row + 1) * width),
      ...b.subarray(row * continuous, (row + 1) * continuous),
    ]);
  const what = JSON.stringify(c);
  if (gpu.x) expectClose(gpu.x, beside(left, right), beside(onLeft, onRight), `x ${what}`);
  else {
    const stride = rowStride(inputs);
    const wrong = gpu.written.isWritten.filter((yes, i) => {
      const isContinuous = i % stride >= width && i % stride < inputs;
      return yes !== (Math.floor(i / stride) < rows && !isContinuous);
    });
    expect(wrong.length, `elements of x written or left out by mistake ${what}`).toBe(0);
    const floats = sources.flatMap((_, row) => [
      ...gpu.written.floats.subarray(row * stride, row * stride + width),
    ]);
    expectClose(floats, left, onLeft, `x ${what}`);
  }
  const codeStride = rowStride(capacity);
  const codesSeen = sizes.map((_, column) =>
    gpu.batchCodes.words.slice(column * codeStride, column * codeStride + rows),
  );
  const codesWanted = sizes.map((_, column) =>
    Uint32Array.from(sources, (_, row) => batchCodes[row * sizes.length + column]),
  );
  if (keepCodes) expect(codesSeen, `batch_codes ${what}`).toEqual(codesWanted);
  const codesWritten = gpu.batchCodes.isWritten.filter(Boolean).length;
  expect(codesWritten, `codes written ${what}`).toBe(keepCodes ? rows * sizes.length : 0);
}

const THREE = [
  [5, 4],
  [3, 2],
  [200, 1],
] as const;

describe("input_forward", () => {
  it("gathers embeddings and continuous columns by row index, at awkward sizes", async () => {
    for (const rows of [1, 3, 4, 5, 63, 65]) await check({ rows, sizes: THREE, continuous: 2 });
    for (const dim of [1, 3, 4, 5, 7, 8, 9, 63, 64, 65])
      await check({ rows: 7, sizes: [[3, dim]], continuous: 1 });
  });

  it("does without categorical and without continuous columns", async () => {
    await check({ rows: 9, sizes: [], continuous: 5 });
    await check({ rows: 9, sizes: [], continuous: 3, mode: "running" });
    await check({ rows: 9, sizes: THREE, continuous: 0 });
  });

  it("unpacks codes of 8, 16 and 32 bits, from any place of a word", async () => {
    const sizes = [
      [256, 1],
      [70000, 1],
      [65536, 1],
      [256, 2],
      [256, 1],
      [65536, 1],
      [200, 3],
    ] as const;
    await check({ rows: 130, sizes, bits: [8, 32, 16, 8, 8, 16, 8], continuous: 1 });
  });

  it("normalises continuous columns with running statistics, or leaves them to another kernel", async () => {
    for (const continuous of [1, 4, 16]) {
      await check({ rows: 9, sizes: THREE, continuous, mode: "running" });
      await check({ rows: 9, sizes: THREE, continuous, mode: "skip", capacity: 12 });
    }
  });

  it("drops embeddings only, exactly those its key says", async () => {
    await check({ rows: 65, sizes: THREE, continuous: 3, dropout: 0.5 });
    await check({ rows: 65, sizes: THREE, continuous: 1, dropout: 0.04, mode: "running" });
  });

  it("leaves rows beyond a partial batch alone, and the codes where nobody keeps them", async () => {
    for (const rows of [1, 4, 9]) await check({ rows, capacity: 20, sizes: THREE, continuous: 2 });
    await check({ rows: 9, sizes: THREE, continuous: 2, keepCodes: false });
  });
});
