import { input_forward } from "../generated/shaders.ts";
import { type BufferSpec, rowStride } from "../gpu/buffer_spec.ts";
import { ceilDiv, type Recorder } from "../scheduler/recorder.ts";
import { dropoutDims } from "./dropout.ts";
import { checkMatrix } from "./shapes.ts";
import type { BatchNormTensors, TableBuffers } from "./tensors.ts";

/** What becomes of the continuous columns: left to continuous_forward_train, copied, or normalised as in eval(). */
export type ContinuousMode = "skip" | "copy" | "running";

/**
 * The model's input for one batch: embeddings of all categorical columns (with dropout), then the continuous columns,
 * gathered from the resident table by row index.
 * Shapes: → x [rows, width + n_continuous]; batch_codes [n_categorical, rows] for embeddingGroupCodes.
 */
export function inputForward(
  rec: Recorder,
  io: {
    params: BufferSpec;
    running: BufferSpec;
    columns: BufferSpec;
    x: BufferSpec;
    batch_codes: BufferSpec;
  },
  table: TableBuffers,
  input: {
    width: number;
    nContinuous: number;
    mode: ContinuousMode;
    batchNorm: BatchNormTensors | null;
    eps: number;
    dropout: number;
    layer: number;
    keepCodes: boolean;
  },
): void {
  const [rows] = io.x.shape;
  const { width, nContinuous, batchNorm } = input;
  checkMatrix("input_forward", { x: io.x }, [rows, width + nContinuous]);
  const inputs4 = ceilDiv(width + nContinuous, 4);
  rec.dispatch(input_forward, {
    grid: [ceilDiv(inputs4, 16), ceilDiv(rows, 4), 1],
    dims: {
      width,
      n_continuous: nContinuous,
      words: table.words,
      continuous_mode: { skip: 0, copy: 1, running: 2 }[input.mode],
      gamma: batchNorm?.gamma ?? 0,
      beta: batchNorm?.beta ?? 0,
      running_mean: batchNorm?.runningMean ?? 0,
      running_var: batchNorm?.runningVar ?? 0,
      eps: input.eps,
      layer: input.layer,
      ...dropoutDims(input.dropout),
      keep_codes: Number(input.keepCodes),
      capacity: rowStride(rows),
    },
    buffers: { ...io, codes: table.codes, continuous: table.continuous, row_index: table.rowIndex },
    note: `${width} embedded + ${nContinuous} continuous`,
  });
}
