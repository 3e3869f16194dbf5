import { describe, expect, it } from "vitest";
import { pipelineKey } from "../../src/gpu/kernel_source.ts";
import { compileMessage } from "../../src/gpu/pipelines.ts";
import { plantedKernel } from "../support/broken_kernel.ts";

const error = (lineNum: number, linePos: number, message: string) => ({
  type: "error" as const,
  lineNum,
  linePos,
  message,
});

describe("compileMessage", () => {
  it("names file and line, shows the source and puts a caret below the place", () => {
    const message = compileMessage(
      plantedKernel("kernel"),
      [error(3, 28, "unresolved call target")],
      "unused",
    );
    expect(message).toBe(
      [
        "The kernel planted does not compile on this device.",
        "shaders/planted.wgsl:3: unresolved call target",
        "  fn first() -> u32 { return no_such_function(1u); }",
        "                             ^",
      ].join("\n"),
    );
  });

  it("names the part where the fault is in a part, with the part's own line", () => {
    const message = compileMessage(plantedKernel("part"), [error(7, 8, "unresolved call target")], "unused");
    expect(message).toBe(
      [
        "The kernel planted does not compile on this device.",
        "shaders/parts/second.wgsl:2: unresolved call target",
        "  return no_such_function(2u);",
        "         ^",
      ].join("\n"),
    );
  });

  it("shows every error and no warning", () => {
    const warning = { type: "warning" as const, lineNum: 1, linePos: 1, message: "unused variable" };
    const message = compileMessage(
      plantedKernel("kernel"),
      [error(1, 1, "one"), warning, error(2, 1, "two")],
      "",
    );
    expect(message).toContain("shaders/planted.wgsl:1: one");
    expect(message).toContain("shaders/planted.wgsl:2: two");
    expect(message).not.toContain("unused variable");
  });

  it("gives the device's own words where the compiler says nothing, and survives places outside the source", () => {
    expect(compileMessage(plantedKernel("nowhere"), [], "too many storage buffers")).toBe(
      "The kernel planted does not compile on this device.\ntoo many storage buffers",
    );
    expect(compileMessage(plantedKernel("nowhere"), [error(0, 0, "somewhere")], "")).toBe(
      "The kernel planted does not compile on this device.\nshaders/planted.wgsl:0: somewhere\n  \n  ^",
    );
  });
});

describe("pipelineKey", () => {
  it("tells kernels and their overrides apart", () => {
    const kernel = plantedKernel("nowhere");
    expect(pipelineKey({ kernel, overrides: {} })).toBe("planted");
    expect(pipelineKey({ kernel, overrides: { THREADS: 8, TILE: 4 } })).toBe("planted THREADS=8 TILE=4");
  });
});
