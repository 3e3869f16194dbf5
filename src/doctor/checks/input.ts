import { keepDecisions } from "../../cpu/ops/dropout_bits.ts";
import { groupCodes } from "../../cpu/ops/group_codes.ts";
import * as ops from "../../cpu/ops/ops.ts";
import { rowStride } from "../../gpu/buffer_spec.ts";
import { groupsLength, inputBackward, inputForward, inputForwardTrain } from "../../kernels/input.ts";
import { BATCHNORM_EPS, BATCHNORM_MOMENTUM } from "../../model/config.ts";
import { Random } from "../../random.ts";
import type { Grid } from "../../scheduler/recording.ts";
import { stepOf } from "../../scheduler/step_of.ts";
import { boundsOfRows, columnMeans, magnitudes, times, U } from "../bounds.ts";
import { CaseArena } from "../case_arena.ts";
import { caseBatch, takeRows } from "../case_batch.ts";
import { firstRowsOf, segmentsOf } from "../case_groups.ts";
import { type CodeBits, caseTable, type EmbeddingSizes, inputColumns } from "../case_table.ts";
import { CaseBuffers, type KernelCase, onGrid, titleOf } from "../kernel_case.ts";
import { checkOf } from "../kernel_check.ts";
import { randomFloats } from "../random_arrays.ts";

/** Continuous columns that try the variance. */
const HARD_VALUES = {
  constant: (_: Random, column: number) => [0, 1, -7.3, 1e4][column],
  "near 1000": (random: Random) => 1000 + random.normal(),
};

export interface InputForwardSize {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  sizes: EmbeddingSizes;
  /** Bits of each column's code in its packed word. */
  bits?: readonly CodeBits[];
  continuous: number;
  /** Whether the continuous columns go through bn_cont. */
  batchNorm?: boolean;
}

export interface InputForwardTrainSize extends InputForwardSize {
  dropout?: number;
  values?: keyof typeof HARD_VALUES;
  /** Instead of the grid that the kernel's room computes. */
  grid?: Grid;
}

/** What both forward kernels get: a table in the middle of whose row order the batch lies, embeddings, bn_cont. */
function inputCase(size: InputForwardTrainSize) {
  const { rows, sizes, bits, continuous, capacity = rows, batchNorm = false } = size;
  const random = new Random(20);
  const batch = caseBatch(2 * rows + 5, 3, rows);
  const draw = size.values ? HARD_VALUES[size.values] : () => random.normal();
  const values = Float32Array.from({ length: batch.tableRows * continuous }, (_, i) =>
    draw(random, i % continuous),
  );
  const weights = sizes.map(([n, d]) => randomFloats(random, n * d));
  const [gamma, beta, mean] = [1, 2, 3].map(() => randomFloats(random, continuous));
  const variance = randomFloats(random, continuous).map((v, i) => (i % 3 === 0 ? 0 : v * v));

  const arena = new CaseArena();
  const runningArena = new CaseArena();
  const offsets = weights.map((weight) => arena.table(weight));
  const tensors = {
    gamma: arena.vector(gamma),
    beta: arena.vector(beta),
    runningMean: runningArena.vector(mean),
    runningVar: runningArena.vector(variance),
  };
  const width = sizes.reduce((sum, [, d]) => sum + d, 0);
  const buffers = new CaseBuffers();
  const { table, places } = caseTable(buffers, random, batch, { sizes, bits, continuous, values });
  return {
    batch,
    buffers,
    table,
    taken: takeRows(batch, values, continuous),
    inputs: width + continuous,
    statistics: { gamma, beta, mean, variance },
    tensors,
    shape: {
      width,
      nCategorical: sizes.length,
      nContinuous: continuous,
      batchNorm: batchNorm ? tensors : null,
    },
    io: {
      params: buffers.input("params", arena.floats),
      running: buffers.input("running", runningArena.floats),
      columns: buffers.input("columns", inputColumns(sizes, places, offsets), [width, 6]),
      x: buffers.outputMatrix("x", capacity, width + continuous),
    },
  };
}

export function inputForwardCase(size: InputForwardSize): KernelCase {
  const { rows, continuous, batchNorm = false } = size;
  const { batch, buffers, table, taken, inputs, statistics, shape, io } = inputCase(size);
  return buffers.case(
    titleOf(size),
    (rec) => inputForward(rec, io, table, shape, BATCHNORM_EPS),
    stepOf({ rows, row_start: batch.rowStart }),
    (exact) => {
      const x = new Float64Array(exact.x.length); // copies are exact
      const { gamma, beta, mean, variance } = statistics;
      taken.forEach((value, i) => {
        if (!batchNorm) return;
        const c = i % continuous;
        const scale = Math.abs(gamma[c]) / Math.sqrt(variance[c] + BATCHNORM_EPS);
        const at = Math.floor(i / continuous) * rowStride(inputs) + shape.width + c;
        x[at] = 8 * U * (scale * Math.abs(value - mean[c]) + Math.abs(beta[c]));
      });
      return { x };
    },
  );
}

export function inputForwardTrainCase(size: InputForwardTrainSize): KernelCase {
  const { rows, sizes, continuous, capacity = rows, batchNorm = false, dropout = 0 } = size;
  const { batch, buffers, table, taken, inputs, statistics, tensors, shape, io } = inputCase(size);
  const key = { layer: 0, number: 21, seed: 99 };
  const kept = buffers.outputMatrix("kept", sizes.length + continuous, capacity);
  const options = { eps: BATCHNORM_EPS, momentum: BATCHNORM_MOMENTUM, dropout, layer: key.layer };
  const kernelCase = buffers.case(
    titleOf(size),
    (rec) => inputForwardTrain(rec, { ...io, kept }, table, shape, options),
    stepOf({ rows, row_start: batch.rowStart, number: key.number, seed: key.seed }),
    (exact) => {
      const { width } = shape;
      const stride = rowStride(inputs);
      const keep = keepDecisions(rows, width, dropout, key, stride);
      const x = new Float64Array(exact.x.length); // copies are exact
      for (let row = 0; row < rows; row++) {
        for (let j = 0; dropout > 0 && j < width; j++) {
          const at = row * stride + j;
          x[at] = keep[row * width + j] ? 2 * U * Math.abs(exact.x[at]) : 0;
        }
      }
      if (!batchNorm) return { x };

      const onKept = new Float64Array(exact.kept.length);
      const running = new Float64Array(exact.running.length);
      const sizesOf = columnMeans(magnitudes(taken), rows, continuous);
      const mean = columnMeans(taken, rows, continuous);
      const squares = taken.map((value, i) => (value - mean[i % continuous]) ** 2);
      const variance = columnMeans(squares, rows, continuous);
      const { gamma, beta } = statistics;
      const terms = (rows / 64 + 16) * U; // S of the header
      taken.forEach((value, i) => {
        const [row, c] = [Math.floor(i / continuous), i % continuous];
        const sigma = Math.sqrt(variance[c] + BATCHNORM_EPS);
        const onXHat = (terms * (sizesOf[c] + Math.abs(value - mean[c]))) / sigma;
        onKept[(sizes.length + c) * rowStride(capacity) + row] = onXHat;
        x[row * stride + width + c] = Math.abs(gamma[c]) * onXHat + U * Math.abs(beta[c]);
      });
      for (let c = 0; c < continuous; c++) {
        const onMean = terms * sizesOf[c];
        const onVariance = ((2 * terms * variance[c] + onMean ** 2) * rows) / (rows - 1);
        const [atMean, atVar] = [tensors.runningMean + c, tensors.runningVar + c];
        running[atMean] =
          4 * U * (Math.abs(mean[c]) + Math.abs(statistics.mean[c])) + BATCHNORM_MOMENTUM * onMean;
        running[atVar] =
          4 * U * (Math.abs(exact.running[atVar]) + statistics.variance[c]) + BATCHNORM_MOMENTUM * onVariance;
      }
      return { x, kept: onKept, running };
    },
  );
  return onGrid(kernelCase, size.grid);
}

export interface InputBackwardSize {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  fanIn: number;
  fanOut: number;
  dropout?: number;
  /** Columns of the input that were dropped: the embeddings. */
  dropped?: number;
  /** Codes that each categorical column has; none. */
  cardinalities?: readonly number[];
  /** Each column's codes in the batch instead of random ones: all the same, or none twice. */
  codes?: "last only" | "descending";
  /** The step's; segments that an earlier step left have the one before, and must stay where this step has no row. */
  tick?: number;
  /** Instead of the grid that the kernel's room computes. */
  grid?: Grid;
}

export function inputBackwardCase(size: InputBackwardSize): KernelCase {
  const { rows, fanIn, fanOut, capacity = rows, dropout = 0, dropped = 0, tick = 1 } = size;
  const { cardinalities = [] } = size;
  const random = new Random(14);
  const dZ = randomFloats(random, rows * fanOut);
  const weight = randomFloats(random, fanOut * fanIn);
  const arena = new CaseArena();
  const linear = { fanIn, fanOut, weight: arena.matrix(weight, fanIn), bias: null };
  const draw = {
    random: (n: number) => random.below(n),
    "last only": (n: number) => n - 1,
    descending: (n: number, row: number) => n - 1 - row,
  }[size.codes ?? "random"];
  const kept = new Float32Array(cardinalities.length * capacity); // code 0 behind a partial batch
  const embeddingRows = cardinalities.reduce((sum, n) => sum + n, 0);
  const segments = new Uint32Array(3 * embeddingRows);
  const firstRows = firstRowsOf(cardinalities);
  cardinalities.forEach((n, column) => {
    for (let row = 0; row < rows; row++) kept[column * capacity + row] = draw(n, row);
    const earlier = groupCodes(Array.from({ length: capacity }, () => random.below(n)));
    segments.set(segmentsOf(n, earlier, tick - 1), 3 * firstRows[column]);
  });
  const key = { layer: 0, number: 4, seed: 123456789 };
  const input = { nCategorical: cardinalities.length, embeddingRows };
  const buffers = new CaseBuffers();
  const io = {
    params: buffers.input("params", arena.floats),
    d_z: buffers.inputMatrix("d_z", capacity, fanOut, dZ),
    kept: buffers.inputMatrix("kept", cardinalities.length, capacity, kept),
    first_rows: buffers.input("first_rows", firstRows),
    d_x: buffers.outputMatrix("d_x", capacity, fanIn),
    groups: buffers.input("groups", segments, [
      groupsLength(embeddingRows, cardinalities.length, capacity), // the sorted rows are the sentinel
    ]),
  };
  const kernelCase = buffers.case(
    titleOf(size),
    (rec) => inputBackward(rec, linear, io, input, { p: dropout, layer: key.layer, dropped }),
    stepOf({ rows, tick, number: key.number, seed: key.seed }),
    ({ d_x }) => {
      const keep = ops.dropoutMask(keepDecisions(rows, fanIn, dropout, key), dropout);
      const factor = keep.map((k, i) => (i % fanIn < dropped ? k : 1));
      const sums = ops.linearBackwardInput(magnitudes(dZ), magnitudes(weight), rows, fanIn, fanOut);
      const bound = times(sums, factor).map((sum) => (fanOut + 2) * U * sum);
      return { d_x: boundsOfRows(d_x.length, { at: 0, dense: bound, width: fanIn }) }; // groups are integers
    },
  );
  return onGrid(kernelCase, size.grid);
}

const THREE = [
  [5, 4],
  [3, 2],
  [200, 1],
] as const;

/** Codes of 8, 16 and 32 bits. */
const PACKED = {
  sizes: [
    [256, 1],
    [700, 2],
    [300, 1],
    [256, 65],
  ],
  bits: [8, 32, 16, 8],
} as const;

export const inputForwardCheck = checkOf("input_forward", inputForwardCase, [
  { rows: 1, sizes: THREE, continuous: 2 },
  { rows: 9, sizes: [], continuous: 5, batchNorm: true },
  { rows: 65, sizes: THREE, continuous: 0 },
  { rows: 13, ...PACKED, continuous: 1 },
  { rows: 9, capacity: 12, sizes: THREE, continuous: 4, batchNorm: true },
]);

export const inputForwardTrainCheck = checkOf("input_forward_train", inputForwardTrainCase, [
  { rows: 1, sizes: THREE, continuous: 2 },
  { rows: 2, sizes: [], continuous: 5, batchNorm: true },
  { rows: 65, sizes: THREE, continuous: 0, dropout: 0.5 },
  { rows: 13, ...PACKED, continuous: 1, batchNorm: true },
  { rows: 65, capacity: 100, sizes: THREE, continuous: 6, batchNorm: true, dropout: 0.25 },
  { rows: 30, sizes: THREE, continuous: 4, batchNorm: true, values: "constant" },
  { rows: 257, sizes: THREE, continuous: 17, batchNorm: true, values: "near 1000", grid: [9, 10, 1] },
]);

export const inputBackwardCheck = checkOf("input_backward", inputBackwardCase, [
  { rows: 1, fanIn: 1, fanOut: 1, cardinalities: [5] },
  { rows: 9, fanIn: 7, fanOut: 130 },
  { rows: 64, fanIn: 64, fanOut: 3, cardinalities: [3, 1, 1116] },
  { rows: 67, fanIn: 65, fanOut: 13, cardinalities: [70], codes: "descending" },
  { rows: 65, capacity: 100, fanIn: 6, fanOut: 5, cardinalities: [4, 7], tick: 0xffffffff },
  { rows: 33, fanIn: 9, fanOut: 5, dropout: 0.4, dropped: 6 },
  { rows: 257, fanIn: 130, fanOut: 6, cardinalities: [9], codes: "last only", grid: [4, 5, 1] },
]);
