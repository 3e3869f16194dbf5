import { describe, expect, it } from "vitest";
import { type BufferSpec, resident } from "../../src/gpu/buffer_spec.ts";
import type { KernelSource } from "../../src/gpu/kernel_source.ts";
import { ResidentTable } from "../../src/model/resident_table.ts";
import { Random } from "../../src/random.ts";
import { type MemoryPlan, planMemory } from "../../src/scheduler/memory.ts";
import { buffersOf, type Recording } from "../../src/scheduler/recording.ts";
import { recordTrainStep } from "../../src/train/train_step.ts";
import { TrainingNetwork } from "../../src/train/training_network.ts";
import { rossmannConfig } from "../support/model_configs.ts";

const kernel: KernelSource = {
  name: "any",
  code: "",
  parts: [],
  variants: {},
  dims: {},
  bindings: {},
  overrides: {},
};

/** A recording whose dispatches bind these buffers. */
function recordingOf(dispatches: BufferSpec[][]): Recording {
  return {
    name: "test",
    dispatches: dispatches.map((buffers) => ({
      kernel,
      dims: {},
      buffers: Object.fromEntries(buffers.map((buffer, i) => [`b${i}`, buffer])),
      overrides: {},
      grid: [1, 1, 1],
      note: "",
    })),
  };
}

const transient = (label: string, bytes = 64): BufferSpec => ({
  label,
  shape: [bytes / 4],
  bytes,
  lifetime: "transient",
});

/** Asserts that every transient has a slot that holds it, and shares it with none that is alive beside it. */
function checkPlan(recording: Recording, plan: MemoryPlan): void {
  const transients = buffersOf(recording).filter((b) => b.lifetime === "transient");
  expect(new Set(plan.slotOf.keys())).toEqual(new Set(transients));
  const life = (buffer: BufferSpec) => {
    const times = recording.dispatches.flatMap((d, t) =>
      Object.values(d.buffers).includes(buffer) ? [t] : [],
    );
    return { first: times[0], last: times[times.length - 1] };
  };
  for (const [i, a] of transients.entries()) {
    expect(plan.slots[plan.slotOf.get(a)!]).toBeGreaterThanOrEqual(a.bytes);
    for (const b of transients.slice(i + 1)) {
      if (plan.slotOf.get(a) !== plan.slotOf.get(b)) continue;
      const [x, y] = [life(a), life(b)];
      expect(
        x.last < y.first || y.last < x.first,
        `${a.label} and ${b.label} share a slot while both live`,
      ).toBe(true);
    }
  }
}

describe("planMemory", () => {
  it("reuses memory once its buffer has been bound for the last time, never within one dispatch", () => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((label) => transient(label));
    const recording = recordingOf([
      [a, b],
      [b, c],
      [c, d],
    ]);
    const plan = planMemory(recording);
    checkPlan(recording, plan);
    expect(plan.slots).toEqual([64, 64]);
    expect([a, b, c, d].map((buffer) => plan.slotOf.get(buffer))).toEqual([0, 1, 0, 1]);
  });

  it("keeps a buffer alive over dispatches that do not bind it", () => {
    const [a, b, c] = ["a", "b", "c"].map((label) => transient(label));
    const recording = recordingOf([[a], [b], [c], [a]]);
    const plan = planMemory(recording);
    checkPlan(recording, plan);
    expect(plan.slots.length).toBe(2);
  });

  it("takes the free slot that fits best, and widens it where none is wide enough", () => {
    const large = transient("large", 1024);
    const small = transient("small", 64);
    const plan = planMemory(
      recordingOf([[large, small], [transient("next", 128)], [transient("huge", 4096)]]),
    );
    expect(plan.slots).toEqual([4096, 128]);
  });

  it("leaves resident buffers alone", () => {
    const plan = planMemory(recordingOf([[resident("weights", [4])]]));
    expect(plan.slots).toEqual([]);
    expect(plan.slotOf.size).toBe(0);
  });

  it("never puts two living buffers into one slot, whatever the lifetimes", () => {
    const random = new Random(31);
    for (let trial = 0; trial < 200; trial++) {
      const times = 1 + random.below(12);
      const dispatches: BufferSpec[][] = Array.from({ length: times }, () => []);
      for (let i = 0; i < 1 + random.below(15); i++) {
        const buffer = transient(`${i}`, 64 * (1 + random.below(20)));
        for (let use = 0; use <= random.below(4); use++) dispatches[random.below(times)].push(buffer);
      }
      const recording = recordingOf(dispatches.map((buffers) => [...new Set(buffers)]));
      checkPlan(recording, planMemory(recording));
    }
  });

  it("makes a real training step live in less memory than its buffers add up to", () => {
    const config = rossmannConfig();
    const network = new TrainingNetwork(config);
    const table = new ResidentTable(
      config.embeddingSizes.map(([n]) => n),
      config.continuous,
      1,
      1000,
      1000,
    );
    const losses = resident("losses", [64]);
    const recording = recordTrainStep(network, "regression", table, 64, losses, network.layout.size);
    const plan = planMemory(recording);
    checkPlan(recording, plan);
    const wanted = [...plan.slotOf.keys()].reduce((sum, { bytes }) => sum + bytes, 0);
    expect(plan.slots.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(0.8 * wanted);
  });
});
