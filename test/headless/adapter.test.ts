import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.ts";
import { adapterFromEnvironment, chromiumArgs, mayHaveGpu } from "../../src/headless/adapter.ts";

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
