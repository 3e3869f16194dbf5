import { describe, expect, it } from "vitest";
import { step } from "../../src/generated/step.ts";
import { resident } from "../../src/gpu/buffer_spec.ts";
import { uniformBytes } from "../../src/gpu/uniform_fields.ts";
import { Recorder } from "../../src/scheduler/recorder.ts";
import { stepOf } from "../../src/scheduler/step_of.ts";
import { SLOT_COUNT, SLOT_STRIDE, StepSlots, type StepValues } from "../../src/scheduler/step_slots.ts";
import { recordAdam } from "../support/adam_alone.ts";
import { kernelRuntime } from "../support/kernel_harness.ts";

/** A device that only takes notes, and the bytes it was asked to write. */
function notingDevice() {
  const written: { offset: number; bytes: ArrayBuffer }[] = [];
  const device = {
    createBuffer: () => ({ destroy() {} }),
    createBindGroup: () => ({}),
    queue: {
      writeBuffer(_: unknown, offset: number, data: ArrayBuffer, from: number, size: number) {
        written.push({ offset, bytes: data.slice(from, from + size) });
      },
    },
  };
  return { device: device as unknown as GPUDevice, written };
}

describe("StepSlots", () => {
  it("packs every field of every slot where the shaders look for it, in one upload", () => {
    const { device, written } = notingDevice();
    const slots = new StepSlots(device, {} as GPUBindGroupLayout);
    const names = Object.keys(step) as (keyof StepValues)[];
    const valuesOf = (slot: number) =>
      Object.fromEntries(
        names.map((name, i) => [name, step[name] === "f32" ? 0.5 + i + slot : 2 ** 32 - 1 - i - slot]),
      ) as unknown as StepValues;
    slots.write([valuesOf(0), valuesOf(1), valuesOf(2)]);
    expect(written.length).toBe(1);
    expect(written[0].offset).toBe(0);
    expect(written[0].bytes.byteLength).toBe(3 * SLOT_STRIDE);
    const view = new DataView(written[0].bytes);
    for (let slot = 0; slot < 3; slot++) {
      names.forEach((name, i) => {
        const at = slot * SLOT_STRIDE + 4 * i;
        const value = step[name] === "f32" ? view.getFloat32(at, true) : view.getUint32(at, true);
        expect(value, `slot ${slot}, ${name}`).toBe(valuesOf(slot)[name]);
      });
    }
  });

  it("has slots large enough for the struct, at offsets every device takes", () => {
    expect(uniformBytes(step)).toBeLessThanOrEqual(SLOT_STRIDE);
    expect(SLOT_STRIDE % 256).toBe(0);
    expect(SLOT_COUNT * SLOT_STRIDE).toBeLessThanOrEqual(65536); // the smallest guaranteed uniform binding
  });

  it("gives each replay of one submit its own values, up to as many as there are slots", async () => {
    const runtime = await kernelRuntime();
    const [params, grads, moments1, moments2] = ["params", "grads", "moments1", "moments2"].map((name) =>
      resident(name, [4]),
    );
    const io = { params, grads, moments1, moments2 };
    runtime.memory.upload(params, Float32Array.of(1, 2, 3, 4));
    const rec = new Recorder("decay");
    recordAdam(rec, io, 4);
    const replay = await runtime.prepare(rec.finish());
    // Without a gradient a step only multiplies by its decay: 2, 1/2, 2, …, and once 4.
    const steps = Array.from({ length: SLOT_COUNT }, (_, i) =>
      stepOf({ rows: 1, decay: i === 13 ? 4 : i % 2 === 0 ? 2 : 0.5 }),
    );
    runtime.submit(replay, steps);
    const values = await runtime.read(params, 4);
    replay.dispose();
    for (const spec of Object.values(io)) runtime.memory.free(spec);
    expect([...values]).toEqual([8, 16, 24, 32]);
  });
});
