import { adam_step } from "../generated/kernels/adam_step.ts";
import { type BufferSpec, rowStride } from "../gpu/buffer_spec.ts";
import { ceilDiv, foldGrid, type Recorder } from "../scheduler/recorder.ts";
import { checkShape } from "./shapes.ts";
import type { BatchNormTensors } from "./tensors.ts";

/** Elements of a part of an embedding: what a workgroup owns, or takes in one of its rounds. */
export const EMBEDDING_PART_ELEMENTS = 256;

/** Where the parameters lie whose gradients adam_step makes itself. */
export interface OwnGradients {
  /** Parts that the embeddings are cut into: the length of `work`. */
  readonly embeddingParts: number;
  /** Floats at the front of the arena that the embeddings take up. */
  readonly embeddingEnd: number;
  readonly embeddingRows: number;
  readonly nCategorical: number;
  readonly nContinuous: number;
  /** bn_cont: its two tensors lie beside each other. */
  readonly batchNorm: BatchNormTensors | null;
  /** Columns of the concatenated embeddings, behind which d_x has the continuous columns. */
  readonly width: number;
}

/**
 * One step of Adam with decoupled weight decay over the whole arena, which also makes the gradients of the embeddings and
 * of bn_cont from d_x; the hyperparameters come with the step.
 * Shapes: params, grads, moments1, moments2 [count], a multiple of 4; d_x [rows, inputs], kept [n_categorical + n_continuous, rows], groups
 * as inputBackward leaves them, work [parts, 7]. Weight decay acts on the first `decayEnd` floats.
 */
export function adamStep(
  rec: Recorder,
  io: {
    params: BufferSpec;
    grads: BufferSpec;
    moments1: BufferSpec;
    moments2: BufferSpec;
    work: BufferSpec;
    groups: BufferSpec;
    d_x: BufferSpec;
    kept: BufferSpec;
  },
  own: OwnGradients,
  rows: number,
  decayEnd: number,
): void {
  const [count] = io.params.shape;
  checkShape("adam_step", { grads: io.grads, moments1: io.moments1, moments2: io.moments2 }, [count]);
  const { embeddingParts, embeddingEnd, batchNorm, width, nCategorical, nContinuous } = own;
  const bnCont4 = batchNorm ? (batchNorm.beta - batchNorm.gamma) / 4 : 0;
  const rounds = rec.software ? 16 : 1;
  const others = ceilDiv((count - embeddingEnd) / 4, 64 * rounds);
  rec.dispatch(adam_step, {
    grid: foldGrid(ceilDiv(embeddingParts, rounds) + ceilDiv(2 * bnCont4, 64) + others),
    dims: {
      count4: count / 4,
      decay_end4: decayEnd / 4,
      embedding_parts: embeddingParts,
      others: embeddingEnd / 4,
      rounds,
      gamma: (batchNorm?.gamma ?? 0) / 4,
      bn_cont4: bnCont4,
      n_continuous: nContinuous,
      x_hat: nCategorical * rowStride(rows),
      capacity: rowStride(rows),
      stride: rowStride(width + nContinuous),
      first_continuous: width,
      grouped: 3 * own.embeddingRows,
    },
    buffers: io,
    note: `${count} parameters, ${decayEnd} decay; gradients of ${nCategorical} embeddings${batchNorm ? " and BatchNorm" : ""}`,
    work: { flops: 14 * count, bytes: 4 * 7 * count },
  });
}
