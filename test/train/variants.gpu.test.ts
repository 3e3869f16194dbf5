import { expect, it } from "vitest";
import { GpuRuntime } from "../../src/scheduler/gpu_runtime.ts";
import type { RecordingTarget } from "../../src/scheduler/variants.ts";
import { sharedDevice } from "../support/gpu.ts";
import { rossmannConfig } from "../support/model_configs.ts";
import { openTrainer, randomRows } from "../support/small_training.ts";

const BS = 64;
const STEPS = 4;

/** @param target what the recording is cut for; as the adapter is, where left out */
async function losses(
  target?: RecordingTarget,
): Promise<{ losses: number[]; runtime: GpuRuntime; sliced: boolean }> {
  const runtime = await GpuRuntime.open({ device: await sharedDevice(), target });
  const config = rossmannConfig();
  const rows = randomRows(config, STEPS * BS);
  const trainer = await openTrainer(runtime, config, rows, { bs: BS, decayAll: true });
  try {
    const { dispatches } = trainer.trainStep.recording;
    expect(dispatches.some((dispatch) => dispatch.variant === runtime.variant)).toBe(true);
    const sliced = dispatches.some(({ overrides }) => overrides.SLICES > 1);
    const found: number[] = [];
    const hypers = () => ({ lr: 1e-3, mom: 0.9, wd: 0.2 });
    await trainer.train(0, STEPS, hypers, { onLosses: (values) => void found.push(...values) });
    return { losses: found, runtime, sliced };
  } finally {
    trainer.dispose();
    runtime.dispose();
  }
}

it("trains fastai's Rossmann model alike cut for a GPU (small blocks, sums in slices) and for a software adapter", async () => {
  const gpu = await losses({ variant: "narrow", software: false });
  const here = await losses();
  expect(gpu.sliced).toBe(true);
  expect(here.sliced).toBe(!here.runtime.software);
  expect(gpu.losses).toHaveLength(STEPS);
  gpu.losses.forEach((loss, i) => {
    expect(Math.abs(loss / here.losses[i] - 1)).toBeLessThan(1e-4);
  });
});

it("trains it to the same bits with products staged through workgroup memory, and without", async () => {
  const [narrow, staged] = [
    await losses({ variant: "narrow", software: true }),
    await losses({ variant: "staged", software: true }),
  ];
  expect(staged.losses).toHaveLength(STEPS);
  expect(staged.losses).toEqual(narrow.losses);
  expect(staged.losses.every(Number.isFinite)).toBe(true);
});
