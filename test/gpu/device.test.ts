import { afterEach, describe, expect, it, vi } from "vitest";
import { DeviceError } from "../../src/errors.ts";
import { adapterLine, findAdapter, isSoftware, openDevice } from "../../src/gpu/device.ts";
import { entryPoint } from "../../src/gpu/entry_point.ts";

const LIMITS = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxDynamicUniformBuffersPerPipelineLayout: 8,
  maxBufferSize: 2 ** 30,
  maxStorageBufferBindingSize: 2 ** 29,
};

const INFO = { vendor: "acme", architecture: "v1", device: "", description: "", isFallbackAdapter: false };

/** A GPU that offers one adapter, and takes note of what is asked of it. */
function fakeGpu(limits: object = LIMITS) {
  const asked: { adapter?: GPURequestAdapterOptions; device?: GPUDeviceDescriptor } = {};
  const device = { limits, adapterInfo: INFO };
  const adapter = {
    limits,
    features: new Set(["timestamp-query", "shader-f16"]),
    info: INFO,
    requestDevice: async (descriptor: GPUDeviceDescriptor) => {
      asked.device = descriptor;
      return device;
    },
  };
  const gpu = {
    requestAdapter: async (options: GPURequestAdapterOptions) => {
      asked.adapter = options;
      return adapter;
    },
  };
  return { gpu: gpu as unknown as GPU, device: device as unknown as GPUDevice, asked };
}

async function fault(options: Parameters<typeof openDevice>[0]): Promise<string> {
  const error = await openDevice(options).then(
    () => null,
    (reason: Error) => reason,
  );
  expect(error).toBeInstanceOf(DeviceError);
  return error!.message;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("findAdapter", () => {
  it("says who would run the shaders, and opens no device", async () => {
    const { gpu, device, asked } = fakeGpu();
    expect(await findAdapter({ gpu })).toEqual(INFO);
    expect(asked.adapter).toEqual({ powerPreference: "high-performance" });
    expect(asked.device).toBeUndefined();
    expect(await findAdapter({ device })).toEqual(INFO);
  });

  it("fails as openDevice does", async () => {
    const gpu = { requestAdapter: async () => null } as unknown as GPU;
    await expect(findAdapter({ gpu })).rejects.toThrow(new DeviceError(await fault({ gpu })));
    vi.stubGlobal("navigator", {});
    expect(() => entryPoint({})).toThrow(new DeviceError(await fault({})));
    expect(entryPoint({ gpu })).toBe(gpu);
  });
});

describe("openDevice", () => {
  it("takes the GPU object it is handed, with buffers as large as the adapter has them", async () => {
    vi.stubGlobal("navigator", { gpu: fakeGpu().gpu });
    const { gpu, device, asked } = fakeGpu();
    const opened = await openDevice({ gpu, powerPreference: "low-power" });
    expect(opened).toEqual({ device, adapter: INFO, owned: true });
    expect(asked.adapter).toEqual({ powerPreference: "low-power" });
    expect(asked.device?.requiredFeatures).toEqual(["timestamp-query"]);
    expect(asked.device?.requiredLimits).toEqual({
      maxBufferSize: 2 ** 30,
      maxStorageBufferBindingSize: 2 ** 29,
    });
  });

  it("takes navigator.gpu where it is handed nothing", async () => {
    const { gpu, device, asked } = fakeGpu();
    vi.stubGlobal("navigator", { gpu });
    expect((await openDevice()).device).toBe(device);
    expect(asked.adapter).toEqual({ powerPreference: "high-performance" });
  });

  it("takes a device, asks for nothing and does not own it", async () => {
    const { device, gpu, asked } = fakeGpu();
    expect(await openDevice({ device, gpu })).toEqual({ device, adapter: INFO, owned: false });
    expect(asked).toEqual({});
  });

  it("says what to do where there is no WebGPU", async () => {
    const message =
      'No WebGPU here: navigator.gpu is missing. Use a browser that has it (README, "Where it runs"), serve the page ' +
      "from https or localhost, or hand in a GPU object as { gpu }: in Node that of nodeGpu() in tabgpu/headless.";
    vi.stubGlobal("navigator", {});
    expect(await fault({})).toBe(message);
    vi.stubGlobal("navigator", undefined);
    expect(await fault({})).toBe(message);
  });

  it("says what to do where there is no adapter", async () => {
    const gpu = { requestAdapter: async () => null } as unknown as GPU;
    expect(await fault({ gpu })).toBe(
      "No WebGPU adapter: this browser or driver offers none. Update the graphics driver, or allow WebGPU in the " +
        'browser\'s settings (README, "Where it runs").',
    );
  });

  it("refuses limits that are too small, of an adapter and of a device, with both numbers", async () => {
    for (const [name, offered, needed] of [
      ["maxStorageBuffersPerShaderStage", 7, 8],
      ["maxComputeWorkgroupStorageSize", 16383, 16384],
      ["maxComputeInvocationsPerWorkgroup", 128, 256],
      ["maxDynamicUniformBuffersPerPipelineLayout", 0, 1],
    ] as const) {
      const { gpu, device, asked } = fakeGpu({ ...LIMITS, [name]: offered });
      const message = (what: string) =>
        `${what} allows ${name} ${offered}, TabGPU's kernels need ${needed}. Use another adapter.`;
      expect(await fault({ gpu })).toBe(message("This adapter"));
      expect(asked.device, "no device is asked for").toBeUndefined();
      expect(await fault({ device })).toBe(message("The device handed in"));
    }
  });
});

describe("adapterLine", () => {
  it("names what the adapter says of itself", () => {
    expect(adapterLine({ ...INFO, description: "a card" })).toBe("acme · v1 · a card");
    expect(adapterLine({ ...INFO, vendor: "", architecture: "" })).toBe("unnamed adapter");
    expect(adapterLine({ ...INFO, vendor: "", architecture: "", driver: "lavapipe" })).toBe("lavapipe");
  });

  it("says so where no GPU is used", () => {
    expect(adapterLine({ ...INFO, isFallbackAdapter: true })).toBe("acme · v1 (software: no GPU is used)");
    for (const description of ["SwiftShader Device", "llvmpipe (LLVM 15)", "Microsoft Basic Render Driver"]) {
      expect(isSoftware({ ...INFO, description })).toBe(true);
    }
    expect(isSoftware(INFO)).toBe(false);
  });
});
