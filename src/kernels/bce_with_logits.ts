import { bce_with_logits as bce_kernel } from "../generated/kernels/bce_with_logits.ts";
import type { Recorder } from "../scheduler/recorder.ts";
import { type LossBuffers, lossThreads } from "./loss.ts";
import { checkMatrix, checkShape } from "./shapes.ts";

/**
 * Mean binary cross-entropy over all elements, from logits, and its gradient.
 * Shapes: logits [rows, labels], targets [table rows, labels] → d_logits [rows, labels], one place of losses.
 */
export function bceWithLogits(rec: Recorder, io: LossBuffers): void {
  const [rows, labels] = io.logits.shape;
  checkMatrix("bce_with_logits", { d_logits: io.d_logits }, [rows, labels]);
  checkShape("bce_with_logits", { targets: io.targets }, [io.targets.shape[0], labels]);
  rec.dispatch(bce_kernel, {
    grid: [1, 1, 1],
    dims: { labels },
    buffers: { ...io },
    overrides: { THREADS: lossThreads(rows) },
  });
}
