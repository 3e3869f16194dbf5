import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.ts";
import {
  adapterFromEnvironment,
  chromiumArgs,
  describeAdapter,
  isSoftware,
  mayHaveGpu,
} from "../../src/headless/adapter.ts";

const nothing = { vendor: "", architecture: "", device: "", description: "", isFallbackAdapter: false };
const swiftshader = { ...nothing, vendor: "google", architecture: "swiftshader", isFallbackAdapter: true };
const nvidia = { ...nothing, vendor: "nvidia", architecture: "hopper" };

describe("describeAdapter", () => {
  it("says when an adapter computes in software", () => {
    expect(describeAdapter(swiftshader)).toBe("google swiftshader (software: no GPU is used)");
    expect(describeAdapter({ ...nothing, description: "llvmpipe (LLVM 19.1, 256 bits)" })).toBe(
      "llvmpipe (LLVM 19.1, 256 bits) (software: no GPU is used)",
    );
  });

  it("names hardware as it is", () => {
    expect(describeAdapter(nvidia)).toBe("nvidia hopper");
    expect(describeAdapter(nothing)).toBe("an adapter that does not say its name");
    expect(isSoftware(nvidia)).toBe(false);
  });
});

describe("chromiumArgs", () => {
  it("asks for SwiftShader only in software", () => {
    expect(chromiumArgs("software")).toContain("--use-webgpu-adapter=swiftshader");
    expect(chromiumArgs("hardware", "linux").join(" ")).not.toContain("swiftshader");
  });

  it("turns Vulkan on for hardware on Linux, where nothing else reaches the GPU without a display", () => {
    expect(chromiumArgs("hardware", "linux")).toContain("--enable-features=Vulkan");
    expect(chromiumArgs("hardware", "darwin")).not.toContain("--enable-features=Vulkan");
  });
});

describe("mayHaveGpu", () => {
  it("looks for a device on Linux and trusts Chromium elsewhere", () => {
    expect(mayHaveGpu("linux", () => false)).toBe(false);
    expect(mayHaveGpu("linux", (path) => path === "/dev/nvidiactl")).toBe(true);
    expect(mayHaveGpu("darwin", () => false)).toBe(true);
  });
});

describe("adapterFromEnvironment", () => {
  it("reads TABGPU_ADAPTER", () => {
    expect(adapterFromEnvironment({})).toBe("auto");
    expect(adapterFromEnvironment({ TABGPU_ADAPTER: "software" })).toBe("software");
    expect(() => adapterFromEnvironment({ TABGPU_ADAPTER: "gpu" })).toThrow(
      new OptionError('TABGPU_ADAPTER is "gpu"; it must be auto, hardware or software.'),
    );
  });
});
