import { describe, expect, it } from "vitest";
import { groupCodes } from "../../src/cpu/ops/group_codes.ts";
import * as ops from "../../src/cpu/ops/ops.ts";
import { embedding_backward } from "../../src/generated/shaders.ts";
import { rowStride } from "../../src/gpu/buffer_spec.ts";
import { EMBEDDING_ELEMENTS_PER_WORKGROUP, embeddingBackward } from "../../src/kernels/embedding.ts";
import { Random } from "../../src/random.ts";
import type { Grid } from "../../src/scheduler/recording.ts";
import { f64, magnitudes } from "../support/bounds.ts";
import { expectClose } from "../support/close.ts";
import { stepOf, U, withKernel } from "../support/kernel_harness.ts";
import { randomCodes, randomFloats } from "../support/random_arrays.ts";
import { TestArena } from "../support/test_arena.ts";

interface Case {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  sizes: readonly (readonly [number, number])[];
  /** Columns behind the embeddings. */
  continuous?: number;
  codes?: (random: Random, i: number) => number;
  /** Instead of the grid that the kernel's room computes. */
  grid?: Grid;
}

async function check(c: Case): Promise<void> {
  const { rows, sizes, capacity = rows, continuous = 2 } = c;
  const random = new Random(25);
  const width = sizes.reduce((sum, [, d]) => sum + d, 0);
  const inputs = width + continuous;
  const dX = randomFloats(random, rows * inputs);
  const codes = c.codes
    ? Uint32Array.from({ length: rows * sizes.length }, (_, i) => c.codes!(random, i))
    : randomCodes(random, sizes, rows);
  const tick = 5;

  const arena = new TestArena();
  const tables: number[] = [];
  const work: number[] = [];
  const grouped = new Uint32Array(sizes.length * capacity).fill(0xffffffff);
  // Segments of other steps point nowhere sensible; the tick says not to look at them.
  const segments = sizes.map(([n]) => Array.from({ length: n }, () => [tick - 1, 0xffffff, 0xffffff]));
  let firstColumn = 0;
  let firstRow = 0;
  const offsets = sizes.map(([n, d], column) => {
    const offset = arena.table(new Float32Array(n * d));
    tables.push(offset, n * d, d, firstColumn, firstRow);
    for (let e = 0; e < n * d; e += EMBEDDING_ELEMENTS_PER_WORKGROUP) work.push(column, e);
    firstColumn += d;
    firstRow += n;
    const sorted = groupCodes(codes.filter((_, i) => i % sizes.length === column));
    grouped.set(sorted.grouped, column * capacity);
    for (const [code, { start, count }] of sorted.segments) segments[column][code] = [tick, start, count];
    return offset;
  });
  const { floats, isWritten } = await withKernel(async (run) => {
    const io = {
      tables: run.input("tables", Uint32Array.from(tables), [sizes.length, 5]),
      work: run.input("work", Uint32Array.from(work), [work.length / 2, 2]),
      d_x: run.inputMatrix("d_x", capacity, inputs, dX),
      grouped: run.inputMatrix("grouped", sizes.length, capacity, grouped),
      segments: run.input("segments", Uint32Array.from(segments.flat(2))),
      grads: run.output("grads", [arena.floats.length]),
    };
    const dims = { stride: rowStride(inputs), capacity: rowStride(capacity), workgroups: work.length / 2 };
    await run.run((rec) => {
      if (c.grid) rec.dispatch(embedding_backward, { grid: c.grid, dims, buffers: io });
      else embeddingBackward(rec, io);
    }, stepOf({ rows, tick }));
    return run.written(io.grads);
  });

  const pad = (d: ArrayLike<number>) => f64(Array.from(d).filter((_, i) => i % inputs < width));
  const exact = ops.embeddingBackward(pad(dX), codes, sizes, rows);
  const sums = ops.embeddingBackward(pad(magnitudes(dX)), codes, sizes, rows);
  const elements = sizes.reduce((sum, [n, d]) => sum + n * d, 0);
  const what = JSON.stringify(c);
  expect(isWritten.filter(Boolean).length, `gradients written ${what}`).toBe(elements);
  sizes.forEach(([n, d], column) => {
    const count = new Uint32Array(n);
    for (let row = 0; row < rows; row++) count[codes[row * sizes.length + column]]++;
    const bound = sums[column].map((sum, i) => count[Math.floor(i / d)] * U * sum);
    const gradient = floats.subarray(offsets[column], offsets[column] + n * d);
    expectClose(gradient, exact[column], bound, `table ${column} ${what}`); // bound 0 where no row has the code
  });
}

describe("embedding_backward", () => {
  it("adds the rows of each code, others get 0, at awkward sizes", async () => {
    for (const rows of [1, 2, 63, 65, 127]) {
      const sizes = [
        [5, 4],
        [3, 1],
        [40, 3],
      ] as const;
      await check({ rows, sizes });
    }
    for (const width of [1, 5, 8, 63, 64, 65, 81]) await check({ rows: 33, sizes: [[7, width]] });
    await check({ rows: 65, sizes: [[1116, 81]], continuous: 0 });
  });

  it("adds a whole batch of one code", async () => {
    await check({ rows: 513, sizes: [[3, 5]], codes: () => 1 });
  });

  it("ignores rows beyond a partial batch", async () => {
    for (const rows of [1, 65])
      await check({
        rows,
        capacity: 100,
        sizes: [
          [7, 3],
          [2, 2],
        ],
      });
  });

  it("folds its grid where one dimension cannot hold it", async () => {
    await check({
      rows: 9,
      sizes: [
        [70, 5],
        [30, 3],
      ],
      grid: [3, 3, 1],
    }); // 8 workgroups of work
  });
});
