import { describe, expect, it } from "vitest";
import { matrix, resident } from "../../src/gpu/buffer_spec.ts";
import { linearBackwardWeight } from "../../src/kernels/linear.ts";
import { GpuRuntime } from "../../src/scheduler/gpu_runtime.ts";
import { Recorder } from "../../src/scheduler/recorder.ts";
import type { Recording } from "../../src/scheduler/recording.ts";
import { countingDevice } from "../support/counting_device.ts";
import { sharedDevice } from "../support/gpu.ts";
import { wrap } from "../support/wrap.ts";

/** The shared device as that of a GPU called `name`, by which is kept what was measured; and the buffers there are. */
async function gpuCalled(name: string) {
  const alive = new Set<GPUBuffer>();
  const tracking = wrap(await sharedDevice(), {
    createBuffer:
      (original) =>
      (...args) => {
        const buffer = original(...args) as GPUBuffer;
        const destroy = buffer.destroy.bind(buffer);
        alive.add(buffer);
        buffer.destroy = () => {
          alive.delete(buffer);
          destroy();
        };
        return buffer;
      },
  });
  const { device: counting, counts } = countingDevice(tracking);
  const device = new Proxy(counting, {
    get: (target, key) => (key === "adapterInfo" ? { vendor: name } : Reflect.get(target, key)),
  });
  return { device, counts, labels: () => [...alive].map(({ label }) => label).sort() };
}

/** A product worth a measurement, and one that is not. */
function recordProducts(): Recording {
  const rec = new Recorder("products");
  for (const [rows, width] of [
    [256, 256],
    [256, 8],
  ]) {
    const linear = { fanIn: width, fanOut: width, weight: 0, bias: null };
    const d_z = matrix(`d_z${width}`, rows, width, "resident");
    const x = matrix(`x${width}`, rows, width, "resident");
    linearBackwardWeight(rec, linear, { d_z, x, grads: resident(`grads${width}`, [width * width]) });
  }
  return rec.finish();
}

describe("a runtime on a GPU", () => {
  it("measures once which variant of a large product is quicker, and frees what it needed for that", async () => {
    const { device, counts, labels } = await gpuCalled("measured once");
    const recording = recordProducts();
    expect(recording.dispatches.map(({ alternatives }) => alternatives?.length)).toEqual([2, undefined]);
    const chosen: unknown[] = [];
    const submits: number[] = [];
    for (let i = 0; i < 2; i++) {
      const runtime = await GpuRuntime.open({ device });
      try {
        const before = counts.submit;
        const replay = await runtime.prepare(recording);
        submits.push(counts.submit - before);
        const [large, small] = replay.recording.dispatches;
        chosen.push(large.variant);
        expect(["narrow", "staged"]).toContain(large.variant);
        expect(small.variant).toBe("narrow");
        expect(labels()).toEqual([
          "d_z256",
          "d_z8",
          "grads256",
          "grads8",
          "products dims",
          "step slots",
          "x256",
          "x8",
        ]);
        replay.dispose();
      } finally {
        runtime.dispose();
      }
    }
    expect(chosen[1]).toBe(chosen[0]);
    expect(submits[0]).toBeGreaterThan(2); // each variant twice at least
    expect(submits[1]).toBe(0);
  });
});
