import { beforeAll, describe, expect, it } from "vitest";
import { DeviceError } from "../../src/errors.ts";
import * as flags from "../../src/gpu/flags.ts";
import { PipelineCache } from "../../src/gpu/pipelines.ts";
import { plantedKernel } from "../support/broken_kernel.ts";
import { countingDevice } from "../support/counting_device.ts";
import { sharedDevice } from "../support/gpu.ts";

describe("PipelineCache", () => {
  let device: GPUDevice;
  const uncaptured: string[] = [];
  beforeAll(async () => {
    device = await sharedDevice();
    device.addEventListener("uncapturederror", (event) => uncaptured.push(event.error.message));
  });

  it("reports a shader that does not compile with file, line, source and caret", async () => {
    for (const [faultIn, place, source] of [
      ["kernel", "shaders/planted.wgsl:3: ", "fn first() -> u32 { return no_such_function(1u); }"],
      ["part", "shaders/parts/second.wgsl:2: ", "return no_such_function(2u);"],
    ] as const) {
      const compiled = new PipelineCache(device).kernel({ kernel: plantedKernel(faultIn), overrides: {} });
      const error = await compiled.then(
        () => null,
        (reason: Error) => reason,
      );
      expect(error).toBeInstanceOf(DeviceError);
      const lines = error!.message.split("\n");
      expect(lines[0]).toBe("The kernel planted does not compile on this device.");
      expect(lines[1].startsWith(place), lines[1]).toBe(true);
      expect(lines[1]).toContain("no_such_function");
      expect(lines[2]).toBe(`  ${source}`);
      expect(lines[3].indexOf("^")).toBe(2 + source.indexOf("no_such_function"));
    }
    await device.queue.onSubmittedWorkDone();
    expect(uncaptured, "the fault is thrown, and only thrown").toEqual([]);
  });

  it("reports a pipeline that the device refuses although its shader compiles", async () => {
    const kernel = { ...plantedKernel("nowhere"), overrides: { MISSING: 1 } };
    const compiled = new PipelineCache(device).kernel({ kernel, overrides: { MISSING: 2 } });
    await expect(compiled).rejects.toThrow(DeviceError);
    await expect(compiled).rejects.toThrow(
      /^The kernel planted does not compile on this device\.\n.*MISSING/s,
    );
  });

  it("compiles each combination of kernel and overrides once", async () => {
    const counting = countingDevice(device);
    const cache = new PipelineCache(counting.device);
    const kernel = plantedKernel("nowhere");
    const [first, again] = await Promise.all([1, 2].map(() => cache.kernel({ kernel, overrides: {} })));
    expect(again).toBe(first);
    expect(counting.counts.createComputePipeline).toBe(1);
    expect(cache.size).toBe(1);
  });
});

describe("flags", () => {
  it("are the browser's", () => {
    const named = (all: object, names: object) =>
      Object.fromEntries(Object.keys(names).map((name) => [name, Reflect.get(all, name)]));
    expect(flags.BufferUsage).toEqual(named(GPUBufferUsage, flags.BufferUsage));
    expect(flags.MapMode).toEqual(named(GPUMapMode, flags.MapMode));
    expect(flags.ShaderStage).toEqual(named(GPUShaderStage, flags.ShaderStage));
  });
});
