import { afterEach, beforeEach, expect, it } from "vitest";
import { DeviceError } from "../../src/errors.ts";
import { resident } from "../../src/gpu/buffer_spec.ts";
import { DeviceMemory } from "../../src/gpu/memory.ts";
import { sharedDevice } from "../support/gpu.ts";

let memory: DeviceMemory;
beforeEach(async () => {
  memory = new DeviceMemory(await sharedDevice());
});
afterEach(() => {
  memory.dispose();
});

it("buffers begin as zeros, and give back what was written, from any element on", async () => {
  const spec = resident("x", [8]);
  expect([...new Float32Array(await memory.download(spec, 8))]).toEqual(new Array(8).fill(0));
  memory.upload(spec, Float32Array.of(1, 2, 3), 2);
  memory.upload(spec, Uint32Array.of(0xffffffff), 7);
  const bits = await memory.download(spec, 8);
  expect([...new Float32Array(bits, 0, 7)]).toEqual([0, 0, 1, 2, 3, 0, 0]);
  expect(new Uint32Array(bits)[7]).toBe(0xffffffff);
  expect([...new Float32Array(await memory.download(spec, 2, 3))]).toEqual([2, 3]);
  expect((await memory.download(spec, 0)).byteLength).toBe(0);
});

it("a real device's limit is heeded before the device is asked", () => {
  const { maxBufferSize, maxStorageBufferBindingSize } = memory.device.limits;
  const limit = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  expect(() => memory.buffer(resident("table", [limit / 4 + 4]))).toThrow(DeviceError);
});
