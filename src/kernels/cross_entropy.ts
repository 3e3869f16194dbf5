import { cross_entropy as cross_entropy_kernel } from "../generated/kernels/cross_entropy.ts";
import type { Recorder } from "../scheduler/recorder.ts";
import { type LossBuffers, lossThreads } from "./loss.ts";
import { checkMatrix, checkShape } from "./shapes.ts";

/**
 * Mean cross-entropy of logits with class indices, and its gradient.
 * Shapes: logits [rows, classes], targets [table rows, 1] → d_logits [rows, classes], one place of losses.
 */
export function crossEntropy(rec: Recorder, io: LossBuffers): void {
  const [rows, classes] = io.logits.shape;
  checkMatrix("cross_entropy", { d_logits: io.d_logits }, [rows, classes]);
  checkShape("cross_entropy", { targets: io.targets }, [io.targets.shape[0], 1]);
  rec.dispatch(cross_entropy_kernel, {
    grid: [1, 1, 1],
    dims: { classes },
    buffers: { ...io },
    overrides: { THREADS: lossThreads(rows) },
  });
}
