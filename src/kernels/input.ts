import { input_backward } from "../generated/kernels/input_backward.ts";
import { input_forward } from "../generated/kernels/input_forward.ts";
import { input_forward_train } from "../generated/kernels/input_forward_train.ts";
import { type BufferSpec, rowStride } from "../gpu/buffer_spec.ts";
import { ceilDiv, foldGrid, type Recorder } from "../scheduler/recorder.ts";
import { dropoutDims } from "./dropout.ts";
import { checkMatrix, checkShape, productWork, slicesOfBlocks } from "./shapes.ts";
import type { BatchNormTensors, LinearTensors, TableBuffers } from "./tensors.ts";

/** Invocations per continuous column, and of a tile that gathers 4 rows. */
const THREADS = 64;

/** What comes before the first Linear: how wide, and bn_cont where there is one. */
export interface InputShape {
  /** Columns of the concatenated embeddings. */
  readonly width: number;
  readonly nCategorical: number;
  readonly nContinuous: number;
  readonly batchNorm: BatchNormTensors | null;
}

/**
 * The model's input for one batch in evaluation: embeddings of all categorical columns, then the continuous columns,
 * normalised by running statistics where there is a bn_cont, gathered from the resident table by row index.
 * Shapes: → x [rows, width + n_continuous].
 */
export function inputForward(
  rec: Recorder,
  io: { params: BufferSpec; running: BufferSpec; columns: BufferSpec; x: BufferSpec },
  table: TableBuffers,
  input: InputShape,
  eps: number,
): void {
  const [rows] = io.x.shape;
  const { width, nContinuous, batchNorm } = input;
  checkMatrix("input_forward", { x: io.x }, [rows, width + nContinuous]);
  rec.dispatch(input_forward, {
    grid: [ceilDiv(ceilDiv(width + nContinuous, 4), 16), ceilDiv(rows, 4), 1],
    dims: { width, n_continuous: nContinuous, words: table.words, ...batchNormDims(batchNorm), eps },
    buffers: { ...io, ...sourcesOf(table) },
    note: noteOf(input),
    work: { flops: 0, bytes: 4 * rows * (2 * (width + nContinuous) + table.words) },
  });
}

/**
 * The same in training: dropout on the embeddings, bn_cont with the batch's statistics, which also move the running ones.
 * Shapes: → x [rows, width + n_continuous], kept [n_categorical + n_continuous, rows]: the codes, then x̂ of bn_cont.
 */
export function inputForwardTrain(
  rec: Recorder,
  io: { params: BufferSpec; running: BufferSpec; columns: BufferSpec; x: BufferSpec; kept: BufferSpec },
  table: TableBuffers,
  input: InputShape,
  options: { eps: number; momentum: number; dropout: number; layer: number },
): void {
  const [rows] = io.x.shape;
  const { width, nCategorical, nContinuous, batchNorm } = input;
  checkMatrix("input_forward_train", { x: io.x }, [rows, width + nContinuous]);
  checkMatrix("input_forward_train", { kept: io.kept }, [nCategorical + nContinuous, rows]);
  const { eps, momentum, dropout, layer } = options;
  const gatherRows = rec.software ? 32 : 4; // software adapters pay for every workgroup
  const gatherGroups = ceilDiv(ceilDiv(width + nContinuous, 4), 16) * ceilDiv(rows, gatherRows);
  rec.dispatch(input_forward_train, {
    grid: foldGrid(gatherGroups + (batchNorm ? nContinuous : 0)),
    dims: {
      width,
      n_continuous: nContinuous,
      n_categorical: nCategorical,
      words: table.words,
      ...batchNormDims(batchNorm),
      eps,
      momentum,
      layer,
      ...dropoutDims(dropout),
      capacity: rowStride(rows),
      gather_groups: gatherGroups,
      gather_rows: gatherRows,
    },
    buffers: { ...io, ...sourcesOf(table) },
    overrides: { THREADS },
    note: noteOf(input),
    work: { flops: 0, bytes: 4 * rows * (2 * (width + nContinuous) + table.words + nCategorical) },
  });
}

/** Elements of the buffer `groups`: a segment per embedding row, then every column's rows of a batch, sorted by code. */
export function groupsLength(embeddingRows: number, nCategorical: number, rows: number): number {
  return 3 * embeddingRows + nCategorical * rowStride(rows);
}

/**
 * d_x = d_z · weight, the gradient at the model's input, with that of dropout on the embeddings; and the batch's rows
 * sorted by code, column by column, for the embeddings' gradients.
 * Shapes: d_z [rows, fan_out], kept [n_categorical + …, rows] → d_x [rows, fan_in], groups [groupsLength].
 * @param embeddingRows of all embeddings together
 */
export function inputBackward(
  rec: Recorder,
  linear: LinearTensors,
  io: {
    params: BufferSpec;
    d_z: BufferSpec;
    kept: BufferSpec;
    first_rows: BufferSpec;
    d_x: BufferSpec;
    groups: BufferSpec;
  },
  input: { nCategorical: number; embeddingRows: number },
  dropout: { p: number; layer: number; dropped: number },
): void {
  const [rows] = io.d_z.shape;
  const { nCategorical, embeddingRows } = input;
  checkMatrix("input_backward", { d_z: io.d_z }, [rows, linear.fanOut]);
  checkMatrix("input_backward", { d_x: io.d_x }, [rows, linear.fanIn]);
  checkShape("input_backward", { groups: io.groups }, [groupsLength(embeddingRows, nCategorical, rows)]);
  const rowBlocks = ceilDiv(rows, 64);
  const codeGroups = nCategorical * ceilDiv(rows, 256);
  const slices = slicesOfBlocks(rows, linear.fanIn, linear.fanOut, rec);
  rec.dispatch(input_backward, {
    grid: foldGrid(ceilDiv(ceilDiv(linear.fanIn, 4) * slices, 16) * rowBlocks + codeGroups),
    overrides: { SLICES: slices },
    dims: {
      fan_in4: ceilDiv(linear.fanIn, 4),
      fan_out: linear.fanOut,
      weight: linear.weight / 4,
      dropped: dropout.dropped,
      layer: dropout.layer,
      ...dropoutDims(dropout.p),
      row_blocks: rowBlocks,
      n_categorical: nCategorical,
      capacity: rowStride(rows),
      grouped: 3 * embeddingRows,
    },
    buffers: io,
    note: `Linear ${linear.fanIn}→${linear.fanOut}, codes of ${nCategorical} columns`,
    work: productWork(rows, linear.fanIn, linear.fanOut),
  });
}

function sourcesOf(table: TableBuffers) {
  return { codes: table.codes, continuous: table.continuous, row_index: table.rowIndex };
}

function batchNormDims(batchNorm: BatchNormTensors | null) {
  return {
    has_batch_norm: Number(batchNorm !== null),
    gamma: batchNorm?.gamma ?? 0,
    beta: batchNorm?.beta ?? 0,
    running_mean: batchNorm?.runningMean ?? 0,
    running_var: batchNorm?.runningVar ?? 0,
  };
}

function noteOf({ width, nContinuous, batchNorm }: InputShape): string {
  return `${width} embedded + ${nContinuous} continuous${batchNorm ? " through BatchNorm" : ""}`;
}
