import { type BufferSpec, resident } from "../../src/gpu/buffer_spec.ts";
import { adamStep } from "../../src/kernels/adam.ts";
import type { Recorder } from "../../src/scheduler/recorder.ts";

/** The smallest dispatch that does something: adam_step on gradients that are there, without embeddings or bn_cont. */
export function recordAdam(
  rec: Recorder,
  io: { params: BufferSpec; grads: BufferSpec; moments1: BufferSpec; moments2: BufferSpec },
  decayEnd: number,
): void {
  const none = resident("none", [1]);
  const own = {
    embeddingParts: 0,
    embeddingEnd: 0,
    embeddingRows: 0,
    nCategorical: 0,
    nContinuous: 0,
    batchNorm: null,
    width: 0,
  };
  adamStep(rec, { ...io, work: none, groups: none, d_x: none, kept: none }, own, 1, decayEnd);
}
