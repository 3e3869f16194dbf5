import { groupCodes } from "../../cpu/ops/group_codes.ts";
import * as ops from "../../cpu/ops/ops.ts";
import {
  EMBEDDING_ELEMENTS_PER_WORKGROUP,
  embeddingBackward,
  embeddingGroupCodes,
} from "../../kernels/embedding.ts";
import { Random } from "../../random.ts";
import type { Grid } from "../../scheduler/recording.ts";
import { U } from "../bounds.ts";
import { CaseArena } from "../case_arena.ts";
import { CaseBuffers, type KernelCase, onGrid, stepOf, titleOf } from "../kernel_case.ts";
import { checkOf } from "../kernel_check.ts";
import { randomCodes, randomFloats } from "../random_arrays.ts";

export interface EmbeddingGroupCodesSize {
  /** Codes that each column has. */
  cardinalities: readonly number[];
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  /** Each column's codes in the batch instead of random ones: all the same, or none twice. */
  codes?: "last only" | "descending";
  /** The step's; segments that an earlier step left have the one before, and must stay where this step has no row. */
  tick?: number;
}

export function embeddingGroupCodesCase(size: EmbeddingGroupCodesSize): KernelCase {
  const { cardinalities, rows, capacity = rows, tick = 1 } = size;
  const random = new Random(23);
  const draw = {
    random: (n: number) => random.below(n),
    "last only": (n: number) => n - 1,
    descending: (n: number, row: number) => n - 1 - row,
  }[size.codes ?? "random"];
  const firstRows = firstRowsOf(cardinalities);
  const codes = new Uint32Array(cardinalities.length * capacity); // code 0 behind a partial batch
  const segments = cardinalities.map((n, column) => {
    for (let row = 0; row < rows; row++) codes[column * capacity + row] = draw(n, row);
    const earlier = groupCodes(Array.from({ length: capacity }, () => random.below(n)));
    return segmentsOf(n, earlier, tick - 1);
  });
  const buffers = new CaseBuffers();
  const io = {
    first_rows: buffers.input("first_rows", firstRows),
    batch_codes: buffers.inputMatrix("batch_codes", cardinalities.length, capacity, codes),
    grouped: buffers.outputMatrix("grouped", cardinalities.length, capacity),
    segments: buffers.input("segments", Uint32Array.from(segments.flat())),
  };
  const exactly = () => ({}); // integers
  return buffers.case(titleOf(size), (rec) => embeddingGroupCodes(rec, io), stepOf({ rows, tick }), exactly);
}

export interface EmbeddingBackwardSize {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  /** `[num_embeddings, embedding_dim]` per categorical column. */
  sizes: readonly (readonly [number, number])[];
  /** Columns behind the embeddings. */
  continuous?: number;
  /** The code of all rows, instead of random ones. */
  onlyCode?: number;
  /** Instead of the grid that the kernel's room computes. */
  grid?: Grid;
}

export function embeddingBackwardCase(size: EmbeddingBackwardSize): KernelCase {
  const { rows, sizes, capacity = rows, continuous = 2, onlyCode, grid } = size;
  const random = new Random(25);
  const width = sizes.reduce((sum, [, d]) => sum + d, 0);
  const inputs = width + continuous;
  const dX = randomFloats(random, rows * inputs);
  const codes = randomCodes(random, sizes, rows);
  if (onlyCode !== undefined) codes.fill(onlyCode);
  const tick = 5;

  const arena = new CaseArena();
  const tables: number[] = [];
  const work: number[] = [];
  const grouped = new Uint32Array(sizes.length * capacity).fill(0xffffffff);
  const firstRows = firstRowsOf(sizes.map(([n]) => n));
  let firstColumn = 0;
  const segments = sizes.map(([n, d], column) => {
    tables.push(arena.table(new Float32Array(n * d)), n * d, d, firstColumn, firstRows[column]);
    for (let e = 0; e < n * d; e += EMBEDDING_ELEMENTS_PER_WORKGROUP) work.push(column, e);
    firstColumn += d;
    const sorted = groupCodes(codes.filter((_, i) => i % sizes.length === column));
    grouped.set(sorted.grouped, column * capacity);
    return segmentsOf(n, sorted, tick);
  });
  const workgroups = work.length / 2;
  const buffers = new CaseBuffers();
  const io = {
    tables: buffers.input("tables", Uint32Array.from(tables), [sizes.length, 5]),
    work: buffers.input("work", Uint32Array.from(work), [workgroups, 2]),
    d_x: buffers.inputMatrix("d_x", capacity, inputs, dX),
    grouped: buffers.inputMatrix("grouped", sizes.length, capacity, grouped),
    segments: buffers.input("segments", Uint32Array.from(segments.flat())),
    grads: buffers.output("grads", [arena.floats.length]),
  };
  const kernelCase = buffers.case(
    titleOf(size),
    (rec) => embeddingBackward(rec, io),
    stepOf({ rows, tick }),
    (exact) => {
      const grads = new Float64Array(exact.grads.length);
      const magnitudes = Float64Array.from({ length: rows * width }, (_, i) => {
        return Math.abs(dX[Math.floor(i / width) * inputs + (i % width)]);
      });
      ops.embeddingBackward(magnitudes, codes, sizes, rows).forEach((sums, column) => {
        const [n, d] = sizes[column];
        const count = new Uint32Array(n);
        for (let row = 0; row < rows; row++) count[codes[row * sizes.length + column]]++;
        const offset = tables[5 * column];
        sums.forEach((sum, i) => {
          grads[offset + i] = count[Math.floor(i / d)] * U * sum; // 0 where no row has the code
        });
      });
      return { grads };
    },
  );
  return onGrid(kernelCase, grid);
}

/** Where each column's rows begin among those of all tables. */
function firstRowsOf(cardinalities: readonly number[]): Uint32Array {
  let next = 0;
  return Uint32Array.from(cardinalities, (n) => {
    next += n;
    return next - n;
  });
}

/** A column's segments as `tick` left them; those of other steps point nowhere sensible, their tick says not to look. */
function segmentsOf(n: number, { segments }: ReturnType<typeof groupCodes>, tick: number): number[] {
  return Array.from({ length: n }, (_, code) => {
    const segment = segments.get(code);
    return segment ? [tick, segment.start, segment.count] : [tick - 1, 0xffffff, 0xffffff];
  }).flat();
}

export const embeddingGroupCodesCheck = checkOf("embedding_group_codes", embeddingGroupCodesCase, [
  { cardinalities: [5], rows: 1 },
  { cardinalities: [3, 1, 1116], rows: 127 },
  { cardinalities: [70], rows: 65, codes: "descending" },
  { cardinalities: [4, 7], rows: 65, capacity: 100, tick: 0xffffffff },
]);

export const embeddingBackwardCheck = checkOf("embedding_backward", embeddingBackwardCase, [
  { rows: 1, sizes: [[5, 4]] },
  {
    rows: 127,
    sizes: [
      [5, 4],
      [3, 1],
      [40, 3],
    ],
  },
  { rows: 33, sizes: [[7, 65]], continuous: 0 },
  { rows: 257, sizes: [[3, 5]], onlyCode: 1 },
  {
    rows: 9,
    sizes: [
      [70, 5],
      [30, 3],
    ],
    grid: [3, 3, 1],
  },
  {
    rows: 65,
    capacity: 100,
    sizes: [
      [7, 3],
      [2, 2],
    ],
  },
]);
