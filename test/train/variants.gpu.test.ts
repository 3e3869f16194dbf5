import { expect, it } from "vitest";
import { GpuRuntime } from "../../src/scheduler/gpu_runtime.ts";
import { sharedDevice } from "../support/gpu.ts";
import { rossmannConfig } from "../support/model_configs.ts";
import { openTrainer, randomRows } from "../support/small_training.ts";

const BS = 64;
const STEPS = 4;

async function losses(wide: boolean): Promise<number[]> {
  const runtime = await GpuRuntime.open({ device: await sharedDevice(), wide });
  const config = rossmannConfig();
  const rows = randomRows(config, STEPS * BS);
  const trainer = await openTrainer(runtime, config, rows, { bs: BS, decayAll: true });
  try {
    const { dispatches } = trainer.trainStep.recording;
    expect(dispatches.some((dispatch) => dispatch.wide)).toBe(wide);
    expect(dispatches.some(({ overrides }) => overrides.SLICES > 1)).toBe(!wide);
    const found: number[] = [];
    const hypers = () => ({ lr: 1e-3, mom: 0.9, wd: 0.2 });
    await trainer.train(0, STEPS, hypers, { onLosses: (values) => void found.push(...values) });
    return found;
  } finally {
    trainer.dispose();
    runtime.dispose();
  }
}

it("trains fastai's Rossmann model alike as a GPU does (small blocks, sums in slices) and as a software adapter does", async () => {
  const [narrow, wide] = [await losses(false), await losses(true)];
  expect(narrow).toHaveLength(STEPS);
  narrow.forEach((loss, i) => {
    expect(Math.abs(loss / wide[i] - 1)).toBeLessThan(1e-4);
  });
});
