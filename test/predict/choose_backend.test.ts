import { describe, expect, it } from "vitest";
import { DeviceError, InternalError, OptionError } from "../../src/errors.ts";
import { type Backend, chooseBackend } from "../../src/predict/choose_backend.ts";
import type { InferenceEngine } from "../../src/predict/tabular_model.ts";

const engine = (backend: "webgpu" | "cpu") => ({ backend }) as InferenceEngine;
const working = { webgpu: async () => engine("webgpu"), cpu: () => engine("cpu") };
const without = (error: Error) => ({
  ...working,
  webgpu: async () => {
    throw error;
  },
});

describe("chooseBackend", () => {
  it("takes WebGPU where there is any, and says nothing", async () => {
    const reasons: string[] = [];
    const chosen = await chooseBackend("auto", working, (reason) => reasons.push(reason));
    expect(chosen.backend).toBe("webgpu");
    expect(reasons).toEqual([]);
  });

  it("falls back to the CPU without WebGPU, and gives the reason", async () => {
    const reasons: string[] = [];
    const chosen = await chooseBackend("auto", without(new DeviceError("No adapter.")), (r) =>
      reasons.push(r),
    );
    expect(chosen.backend).toBe("cpu");
    expect(reasons).toEqual(["No adapter."]);
  });

  it("falls back without anybody listening", async () => {
    expect((await chooseBackend("auto", without(new DeviceError("No adapter.")))).backend).toBe("cpu");
  });

  it("does not hide a fault behind the fallback", async () => {
    const chosen = chooseBackend("auto", without(new InternalError("a shader lost a binding.")));
    await expect(chosen).rejects.toThrow("internal: a shader lost a binding.");
  });

  it("does not fall back when told to use WebGPU", async () => {
    const chosen = chooseBackend("webgpu", without(new DeviceError("No adapter.")));
    await expect(chosen).rejects.toThrow(DeviceError);
    await expect(chosen).rejects.toThrow('No adapter. Or run on the CPU: { backend: "cpu" }');
    expect((await chooseBackend("webgpu", working)).backend).toBe("webgpu");
  });

  it("does not ask for WebGPU when told to use the CPU", async () => {
    const chosen = await chooseBackend("cpu", without(new InternalError("asked for WebGPU.")));
    expect(chosen.backend).toBe("cpu");
  });

  it("refuses a backend that does not exist", async () => {
    const chosen = chooseBackend("gpu" as Backend, working);
    await expect(chosen).rejects.toThrow(OptionError);
    await expect(chosen).rejects.toThrow('backend is "gpu"; it must be "auto", "webgpu" or "cpu".');
  });
});
