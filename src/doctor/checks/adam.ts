import { adamStep } from "../../kernels/adam.ts";
import { Random } from "../../random.ts";
import type { Grid } from "../../scheduler/recording.ts";
import { U } from "../bounds.ts";
import { CaseBuffers, type KernelCase, onGrid, stepOf, titleOf } from "../kernel_case.ts";
import { checkOf } from "../kernel_check.ts";
import { randomFloats } from "../random_arrays.ts";

export interface AdamSize {
  count: number;
  /** Floats at the front that decay. */
  decayEnd: number;
  /** Steps taken before. */
  t?: number;
  eps?: number;
  wd?: number;
  gradient?: (random: Random, i: number) => number;
  /** Instead of the grid that the kernel's room computes. */
  grid?: Grid;
}

/** Below f32's smallest normal number a result may be flushed to 0. */
const TINY = 2 ** -126;

export function adamStepCase(size: AdamSize): KernelCase {
  const { count, decayEnd, t = 0 } = size;
  const random = new Random(19);
  const params = randomFloats(random, count);
  const grads = Float32Array.from({ length: count }, (_, i) => size.gradient?.(random, i) ?? random.normal());
  const moments1 = t === 0 ? new Float32Array(count) : randomFloats(random, count, 0.1);
  const moments2 = t === 0 ? new Float32Array(count) : randomFloats(random, count).map((v) => v * v);
  const [lr, mom, sqrMom, eps, wd] = [1e-2, 0.95, 0.99, size.eps ?? 1e-5, size.wd ?? 0.2].map(Math.fround);
  const step = stepOf({
    rows: 1,
    lr,
    decay: 1 - lr * wd,
    mom,
    sqr_mom: sqrMom,
    eps,
    mom_correction: 1 / (1 - mom ** (t + 1)),
    sqr_mom_correction: 1 / (1 - sqrMom ** (t + 1)),
  });
  const buffers = new CaseBuffers();
  const io = {
    params: buffers.input("params", params),
    grads: buffers.input("grads", grads),
    moments1: buffers.input("moments1", moments1),
    moments2: buffers.input("moments2", moments2),
  };
  const kernelCase = buffers.case(
    titleOf(size),
    (rec) => adamStep(rec, io, decayEnd),
    step,
    (exact) => {
      const onMoments1 = new Float64Array(exact.params.length);
      const onMoments2 = new Float64Array(exact.params.length);
      const onParams = new Float64Array(exact.params.length);
      for (let i = 0; i < count; i++) {
        const m = mom * Math.abs(moments1[i]) + (1 - mom) * Math.abs(grads[i]);
        const v = exact.moments2[i];
        onMoments1[i] = 3 * U * m + TINY;
        onMoments2[i] = 4 * U * v + TINY;
        const denominator = Math.sqrt(v * step.sqr_mom_correction) + eps;
        const update = (lr * step.mom_correction * m) / denominator;
        onParams[i] = 16 * U * update + 3 * U * Math.abs(params[i]) + TINY;
      }
      return { moments1: onMoments1, moments2: onMoments2, params: onParams };
    },
  );
  return onGrid(kernelCase, size.grid);
}

export const adamStepCheck = checkOf("adam_step", adamStepCase, [
  { count: 4, decayEnd: 4 },
  { count: 260, decayEnd: 64, t: 100 },
  { count: 1500, decayEnd: 128, t: 3, grid: [2, 3, 1] },
  { count: 64, decayEnd: 32, t: 7, gradient: () => 0 },
  { count: 64, decayEnd: 0, gradient: (_: Random, i: number) => (i % 2 ? 1e15 : -1e10) },
]);
