import { describe, expect, it } from "vitest";
import { DeviceError, InternalError } from "../../src/errors.ts";
import { byteLength, matrix, resident, rowStride } from "../../src/gpu/buffer_spec.ts";
import { DeviceMemory } from "../../src/gpu/memory.ts";

/** A device that hands out plain objects as buffers. */
function fakeDevice(limits: { maxBufferSize: number; maxStorageBufferBindingSize: number }) {
  const made: { label: string; size: number; destroyed: boolean }[] = [];
  const device = {
    limits,
    createBuffer({ label, size }: { label: string; size: number }) {
      const buffer = {
        label,
        size,
        destroyed: false,
        destroy: () => Object.assign(buffer, { destroyed: true }),
      };
      made.push(buffer);
      return buffer;
    },
  };
  return { device: device as unknown as GPUDevice, made };
}

const SMALL = { maxBufferSize: 2048, maxStorageBufferBindingSize: 1024 };

function fault(action: () => void): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

describe("DeviceMemory", () => {
  it("allocates a buffer once, at its first use, and frees it", () => {
    const { device, made } = fakeDevice(SMALL);
    const memory = new DeviceMemory(device);
    const spec = resident("weights", [10]);
    expect(made.length).toBe(0);
    expect(memory.buffer(spec)).toBe(memory.buffer(spec));
    expect(made.map(({ label, size }) => [label, size])).toEqual([["weights", 48]]);
    memory.free(spec);
    expect(made[0].destroyed).toBe(true);
    memory.buffer(spec);
    expect(made.length).toBe(2);
    memory.dispose();
    expect(made.every((buffer) => buffer.destroyed)).toBe(true);
  });

  it("refuses a buffer the device cannot bind, with both sizes and the ways out", () => {
    const { device, made } = fakeDevice(SMALL);
    const memory = new DeviceMemory(device);
    memory.buffer(resident("fits", [256]));
    const error = fault(() => memory.buffer(resident("continuous", [100, 16])));
    expect(error).toBeInstanceOf(DeviceError);
    expect(error.message).toBe(
      '"continuous" needs 6400 bytes, this device binds at most 1024. Use fewer rows or columns, a smaller batch or ' +
        "narrower layers, or a device with a larger maxStorageBufferBindingSize.",
    );
    expect(made.length).toBe(1);
  });

  it("heeds the smaller of the two limits", () => {
    const { device } = fakeDevice({ maxBufferSize: 512, maxStorageBufferBindingSize: 1024 });
    const error = fault(() => new DeviceMemory(device).buffer(resident("x", [200])));
    expect(error.message).toContain("this device binds at most 512");
  });

  it("refuses an upload that does not fit its buffer", () => {
    const memory = new DeviceMemory(fakeDevice(SMALL).device);
    const error = fault(() => memory.upload(resident("x", [8]), new Float32Array(4), 6));
    expect(error).toBeInstanceOf(InternalError);
    expect(error.message).toBe(
      'internal: upload of 16 bytes at 24 into "x" (32). This is a fault of TabGPU, please report it.',
    );
  });
});

describe("buffer sizes", () => {
  it("are whole vec4s and never empty", () => {
    expect([[], [0], [1], [8], [9], [3, 5]].map((shape) => byteLength(shape))).toEqual([
      32, 32, 32, 32, 48, 64,
    ]);
  });

  it("pad the rows of a matrix to whole vec4s", () => {
    expect([1, 3, 4, 5, 8, 233].map(rowStride)).toEqual([4, 4, 4, 8, 8, 236]);
    expect(matrix("x", 3, 5, "transient")).toEqual({
      label: "x",
      shape: [3, 5],
      bytes: 96,
      lifetime: "transient",
    });
  });
});
