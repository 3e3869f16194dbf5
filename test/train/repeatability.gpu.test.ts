import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { NamedTensors } from "../../src/model/parameters.ts";
import { Random } from "../../src/random.ts";
import { GpuRuntime } from "../../src/scheduler/gpu_runtime.ts";
import { countingDevice } from "../support/counting_device.ts";
import { sharedDevice } from "../support/gpu.ts";
import { listedConfig } from "../support/model_configs.ts";
import { openTrainer, randomRows } from "../support/small_training.ts";

const config = listedConfig({
  embeddingSizes: [
    [5, 4],
    [3, 3],
    [40, 7],
  ],
  layers: [33, 17],
  ps: [0.1, 0.2],
  embDrop: 0.1,
});
const ROWS = 400;
const BS = 32;
const EPOCHS = 4;

interface Outcome {
  weights: NamedTensors;
  losses: number[];
  submits: number;
}

/** A whole training: shuffled epochs, dropout, codes that repeat within a batch. */
async function training(seed: number, stepsPerCall = Number.POSITIVE_INFINITY): Promise<Outcome> {
  const { device, counts } = countingDevice(await sharedDevice());
  const runtime = await GpuRuntime.open({ device });
  try {
    const trainer = await openTrainer(runtime, config, randomRows(config, ROWS), { bs: BS, seed });
    const losses: number[] = [];
    const random = new Random(seed);
    const order = Uint32Array.from({ length: ROWS }, (_, i) => i);
    const before = counts.computeSubmits;
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      trainer.setOrder(random.shuffle(order));
      for (let batch = 0; batch < trainer.batches; batch += stepsPerCall) {
        const count = Math.min(stepsPerCall, trainer.batches - batch);
        await trainer.train(batch, count, () => ({ lr: 3e-3, mom: 0.9, wd: 0.1 }), {
          onLosses: (values) => void losses.push(...values),
        });
      }
    }
    const weights = await trainer.tensors();
    trainer.dispose();
    return { weights, losses, submits: counts.computeSubmits - before };
  } finally {
    runtime.dispose();
  }
}

/** Bits, so that 0 and −0 differ and NaN equals itself. */
const bits = (tensors: NamedTensors) =>
  new Map([...tensors].map(([name, values]) => [name, new Uint32Array(values.slice().buffer)]));

describe("training twice with the same seed on the same adapter", () => {
  let first: Outcome;
  const steps = EPOCHS * Math.floor(ROWS / BS);
  beforeAll(async () => {
    // A clock that stands still makes steps look free, so that many go into one submit on any machine.
    const clock = vi.spyOn(performance, "now").mockReturnValue(0);
    first = await training(5);
    clock.mockRestore();
  });
  afterAll(() => {
    first.weights.clear();
  });

  it("learns, so that the comparison means something", () => {
    expect(first.losses.length).toBe(steps);
    const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(mean(first.losses.slice(-10))).toBeLessThan(0.8 * mean(first.losses.slice(0, 10)));
    for (const values of first.weights.values()) expect(values.every(Number.isFinite)).toBe(true);
  });

  it("gives bit-identical weights, running statistics and losses", async () => {
    const second = await training(5);
    expect(second.losses).toEqual(first.losses);
    expect(bits(second.weights)).toEqual(bits(first.weights));
  });

  it("gives the same bits however many steps go into one submit", async () => {
    const single = await training(5, 1);
    expect(single.submits).toBe(steps);
    expect(first.submits, "the first training put several steps into one submit").toBeLessThan(steps / 2);
    expect(single.losses).toEqual(first.losses);
    expect(bits(single.weights)).toEqual(bits(first.weights));
  });

  it("gives other weights for another seed", async () => {
    const other = await training(6);
    for (const [name, values] of bits(other.weights)) {
      if (!name.endsWith("num_batches_tracked")) {
        expect(values, name).not.toEqual(bits(first.weights).get(name));
      }
    }
  });
});
