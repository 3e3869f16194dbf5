import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GpuRuntime } from "../../src/scheduler/gpu_runtime.ts";
import type { Trainer } from "../../src/train/trainer.ts";
import { type CountingDevice, countingDevice, countsSince } from "../support/counting_device.ts";
import { sharedDevice } from "../support/gpu.ts";
import { rossmannConfig } from "../support/model_configs.ts";
import { openTrainer, randomRows } from "../support/small_training.ts";

const BS = 64;
const STEPS = 4;

/** What WebGPU is asked for by a training step of fastai's Rossmann model: 24 embeddings, 233 inputs, [1000, 500]. */
describe("API calls of a training step", () => {
  let counting: CountingDevice;
  let runtime: GpuRuntime;
  let trainer: Trainer;
  beforeAll(async () => {
    counting = countingDevice(await sharedDevice());
    runtime = await GpuRuntime.open({ device: counting.device });
    const config = rossmannConfig();
    trainer = await openTrainer(runtime, config, randomRows(config, (STEPS + 1) * BS), {
      bs: BS,
      decayAll: true,
    });
  });
  afterAll(() => {
    trainer?.dispose();
    runtime?.dispose();
  });

  it("asks for at most 20 pipelines in all, and for nothing new after the first step", async () => {
    const { counts } = counting;
    const losses: number[] = [];
    const onLosses = (values: Float32Array) => void losses.push(...values);
    const hypers = () => ({ lr: 1e-3, mom: 0.9, wd: 0.2 });
    await trainer.train(0, 1, hypers, { onLosses });
    const before = { ...counts };
    await trainer.train(1, STEPS, hypers, { onLosses });
    const { writeBuffer, ...after } = countsSince(before, counts);
    console.log(
      `${STEPS} steps of bs ${BS}: ${JSON.stringify({ ...after, writeBuffer })}; pipelines in all: ${counts.createComputePipeline}`,
    );

    expect(counts.createComputePipeline).toBeLessThanOrEqual(20);
    expect(runtime.pipelines.size).toBe(counts.createComputePipeline);
    expect(after.createBuffer).toBe(0);
    expect(after.createBindGroup).toBe(0);
    expect(after.createComputePipeline).toBe(0);
    expect(after.dispatchWorkgroups).toBe(STEPS * trainer.trainStep.recording.dispatches.length);
    expect(after.dispatchWorkgroups / STEPS).toBeLessThanOrEqual(12);
    // One submit, or less where several short steps share one; one small upload for each: the step slots.
    expect(after.computeSubmits).toBeLessThanOrEqual(STEPS);
    expect(writeBuffer).toBe(after.computeSubmits);
    expect(losses.length).toBe(STEPS + 1);
    for (const loss of losses) expect(loss).toBeGreaterThan(0);
  });

  it("submits nothing else but the reading of losses, a few times a second", async () => {
    const { counts } = counting;
    const before = { ...counts };
    const start = performance.now();
    let reads = 0;
    await trainer.train(0, STEPS, () => ({ lr: 1e-3, mom: 0.9, wd: 0.2 }), { onLosses: () => void reads++ });
    const seconds = (performance.now() - start) / 1000;
    const after = countsSince(before, counts);
    expect(after.submit - after.computeSubmits).toBe(reads);
    expect(reads).toBeLessThanOrEqual(1 + seconds / 0.3);
  });
});
