import { mse as mse_kernel } from "../generated/kernels/mse.ts";
import type { Recorder } from "../scheduler/recorder.ts";
import { type LossBuffers, lossThreads } from "./loss.ts";
import { checkMatrix, checkShape } from "./shapes.ts";

/**
 * Mean squared error over all elements, with its gradient at the logits, through y_range's sigmoid where given.
 * Shapes: logits [rows, outputs], targets [table rows, outputs] → d_logits [rows, outputs], one place of losses.
 */
export function mse(rec: Recorder, io: LossBuffers, yRange: readonly [number, number] | null): void {
  const [rows, outputs] = io.logits.shape;
  checkMatrix("mse", { d_logits: io.d_logits }, [rows, outputs]);
  checkShape("mse", { targets: io.targets }, [io.targets.shape[0], outputs]);
  rec.dispatch(mse_kernel, {
    grid: [1, 1, 1],
    dims: { outputs, has_y_range: Number(yRange !== null), low: yRange?.[0] ?? 0, high: yRange?.[1] ?? 1 },
    buffers: { ...io },
    overrides: { THREADS: lossThreads(rows) },
  });
}
