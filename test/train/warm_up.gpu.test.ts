import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.ts";
import { embeddingWidth } from "../../src/model/config.ts";
import { GpuRuntime } from "../../src/scheduler/gpu_runtime.ts";
import { warmUp } from "../../src/train/warm_up.ts";
import { countingDevice } from "../support/counting_device.ts";
import { sharedDevice } from "../support/gpu.ts";
import { listedConfig } from "../support/model_configs.ts";
import { openTrainer, randomRows } from "../support/small_training.ts";

const BS = 24;

/** The losses of three steps on a device, and how many pipelines were asked for meanwhile. */
async function lossesOn(counting: ReturnType<typeof countingDevice>) {
  const config = listedConfig({ layers: [12, 6] });
  const before = counting.counts.createComputePipeline;
  const runtime = await GpuRuntime.open({ device: counting.device });
  const trainer = await openTrainer(runtime, config, randomRows(config, 3 * BS), { bs: BS });
  const losses: number[] = [];
  const onLosses = (values: Float32Array) => void losses.push(...values);
  await trainer.train(0, 3, () => ({ lr: 1e-2, mom: 0.9, wd: 0.01 }), { onLosses });
  trainer.dispose();
  runtime.dispose();
  return { losses, pipelines: counting.counts.createComputePipeline - before };
}

describe("warmUp", () => {
  it("compiles what training then finds, and changes no loss", async () => {
    const config = listedConfig({ layers: [12, 6] });
    const inputs = embeddingWidth(config) + config.continuous;
    const cold = await lossesOn(countingDevice(await sharedDevice()));
    const counting = countingDevice(await sharedDevice());
    expect(await warmUp({ device: counting.device, layers: [12, 6], bs: BS, inputs })).toBe(counting.device);
    const compiled = counting.counts.createComputePipeline;
    const warm = await lossesOn(counting);

    expect(cold.pipelines).toBeGreaterThan(4);
    expect(compiled).toBe(cold.pipelines);
    expect(warm.pipelines).toBe(0);
    expect(warm.losses).toEqual(cold.losses);
    expect(warm.losses.every(Number.isFinite)).toBe(true);
  });

  it("compiles what differs after all when training begins", async () => {
    const counting = countingDevice(await sharedDevice());
    await warmUp({ device: counting.device, layers: [12, 6], bs: BS, task: "classification" });
    const { losses, pipelines } = await lossesOn(counting);
    expect(pipelines).toBeGreaterThan(0);
    expect(losses.every(Number.isFinite)).toBe(true);
  });

  it("refuses what tabularLearner would, before it opens a device", async () => {
    await expect(warmUp({ bs: 0 })).rejects.toThrow(OptionError);
    await expect(warmUp({ inputs: 1.5 })).rejects.toThrow(
      "inputs is 1.5; it must be a positive whole number.",
    );
    await expect(warmUp({ layers: [0] })).rejects.toThrow(OptionError);
  });
});
