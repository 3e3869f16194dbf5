import { describe, it } from "vitest";
import * as ops from "../../src/cpu/ops/ops.ts";
import { adam_step } from "../../src/generated/shaders.ts";
import { adamStep } from "../../src/kernels/adam.ts";
import { Random } from "../../src/random.ts";
import type { Grid } from "../../src/scheduler/recording.ts";
import { f64 } from "../support/bounds.ts";
import { expectClose } from "../support/close.ts";
import { stepOf, U, withKernel } from "../support/kernel_harness.ts";
import { randomFloats } from "../support/random_arrays.ts";

interface Case {
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

async function check(c: Case): Promise<void> {
  const { count, decayEnd, t = 0 } = c;
  const random = new Random(19);
  const params = randomFloats(random, count);
  const grads = Float32Array.from({ length: count }, (_, i) => c.gradient?.(random, i) ?? random.normal());
  const moments1 = t === 0 ? new Float32Array(count) : randomFloats(random, count, 0.1);
  const moments2 = t === 0 ? new Float32Array(count) : randomFloats(random, count).map((v) => v * v);
  const [lr, mom, sqrMom, eps, wd] = [1e-2, 0.95, 0.99, c.eps ?? 1e-5, c.wd ?? 0.2].map(Math.fround);

  const gpu = await withKernel(async (run) => {
    const io = {
      params: run.input("params", params),
      grads: run.input("grads", grads),
      moments1: run.input("moments1", moments1),
      moments2: run.input("moments2", moments2),
    };
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
    const dims = { count4: count / 4, decay_end4: decayEnd / 4 };
    await run.run((rec) => {
      if (c.grid) rec.dispatch(adam_step, { grid: c.grid, dims, buffers: io });
      else adamStep(rec, io, decayEnd);
    }, step);
    const [p, m, v] = [io.params, io.moments1, io.moments2];
    return { params: await run.floats(p), m: await run.floats(m), v: await run.floats(v) };
  });

  // Two tensors, as a model has them: one that decays and one that does not.
  const part = (start: number, end: number, decay: number) => {
    const parameter = f64(params.subarray(start, end));
    const state = { m: f64(moments1.subarray(start, end)), v: f64(moments2.subarray(start, end)), t };
    const gradient = f64(grads.subarray(start, end));
    ops.adamStep(parameter, gradient, state, { lr, mom, sqrMom, eps, wd: decay });
    return { parameter, ...state };
  };
  const parts = [part(0, decayEnd, wd), part(decayEnd, count, 0)];
  const join = (pick: (p: (typeof parts)[number]) => Float64Array) => parts.flatMap((p) => [...pick(p)]);
  const v = join((p) => p.v);
  const magnitude = Array.from(
    params,
    (_, i) => mom * Math.abs(moments1[i]) + (1 - mom) * Math.abs(grads[i]),
  );
  const what = JSON.stringify(c);
  // Below f32's smallest normal number a result may be flushed to 0.
  const tiny = 2 ** -126;
  expectClose(
    gpu.m,
    join((p) => p.m),
    magnitude.map((m) => 3 * U * m + tiny),
    `moments1 ${what}`,
  );
  expectClose(
    gpu.v,
    v,
    v.map((value) => 4 * U * value + tiny),
    `moments2 ${what}`,
  );
  const onParams = magnitude.map((m, i) => {
    const denominator = Math.sqrt(v[i] / (1 - sqrMom ** (t + 1))) + eps;
    const update = ((lr / (1 - mom ** (t + 1))) * m) / denominator;
    return 16 * U * update + 3 * U * Math.abs(params[i]) + tiny;
  });
  expectClose(
    gpu.params,
    join((p) => p.parameter),
    onParams,
    `params ${what}`,
  );
}

describe("adam_step", () => {
  it("steps every parameter once, decaying the front of the arena", async () => {
    for (const [count, decayEnd] of [
      [4, 4],
      [4, 0],
      [64, 32],
      [252, 128],
      [256, 64],
      [260, 256],
      [1024, 0],
      [1028, 1028],
    ]) {
      await check({ count, decayEnd });
      await check({ count, decayEnd, t: 100 });
    }
  });

  it("folds its grid where one dimension cannot hold it", async () => {
    // As for the 16.8 million parameters that need it, but with a few.
    await check({ count: 1500, decayEnd: 128, t: 3, grid: [2, 3, 1] });
  });

  it("takes gradients that are 0, tiny or huge", async () => {
    await check({ count: 64, decayEnd: 32, gradient: () => 0 });
    await check({ count: 64, decayEnd: 32, gradient: () => 0, t: 7 });
    await check({ count: 64, decayEnd: 32, gradient: (_, i) => (i % 2 ? 1e-20 : -1e-30) });
    await check({ count: 64, decayEnd: 32, gradient: (_, i) => (i % 2 ? 1e15 : -1e10) });
    await check({ count: 64, decayEnd: 32, eps: 1e-8, wd: 0 });
  });
});
