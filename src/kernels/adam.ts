import { adam_step } from "../generated/shaders.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { ceilDiv, foldGrid, type Recorder } from "../scheduler/recorder.ts";
import { checkShape } from "./shapes.ts";

/**
 * One step of Adam with decoupled weight decay over the whole arena; the hyperparameters come with the step.
 * Shapes: params, grads, moments1, moments2 [count], a multiple of 4; weight decay acts on the first `decayEnd`.
 */
export function adamStep(
  rec: Recorder,
  io: { params: BufferSpec; grads: BufferSpec; moments1: BufferSpec; moments2: BufferSpec },
  decayEnd: number,
): void {
  const [count] = io.params.shape;
  checkShape("adam_step", { grads: io.grads, moments1: io.moments1, moments2: io.moments2 }, [count]);
  rec.dispatch(adam_step, {
    grid: foldGrid(ceilDiv(count / 4, 64)),
    dims: { count4: count / 4, decay_end4: decayEnd / 4 },
    buffers: io,
    note: `${count} parameters, ${decayEnd} decay`,
  });
}
