import { floatsOf } from "./layout.ts";
import type { TwinCall } from "./twin.ts";

/** Adam with decoupled weight decay over the arena, its front decaying; the hyperparameters come with the step. */
export function adamStep(call: TwinCall): void {
  const { dims, step } = call;
  const grads = floatsOf(call, "grads");
  const params = floatsOf(call, "params");
  const moments1 = floatsOf(call, "moments1");
  const moments2 = floatsOf(call, "moments2");
  const { mom, sqr_mom, eps } = step;
  for (let i = 0; i < 4 * dims.count4; i++) {
    const g = grads[i];
    const m = mom * moments1[i] + (1 - mom) * g;
    const v = sqr_mom * moments2[i] + (1 - sqr_mom) * g * g;
    moments1[i] = m;
    moments2[i] = v;
    const decayed = i < 4 * dims.decay_end4 ? params[i] * step.decay : params[i];
    const denominator = Math.sqrt(v * step.sqr_mom_correction) + eps;
    params[i] = decayed - (step.lr * step.mom_correction * m) / denominator;
  }
}
