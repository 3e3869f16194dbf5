import { expect } from "vitest";
import { inVariants, type KernelCase } from "../../src/doctor/kernel_case.ts";
import { executeCase, failureOf, runCase } from "../../src/doctor/run_case.ts";
import type { GpuRuntime } from "../../src/scheduler/gpu_runtime.ts";
import { openRuntime } from "./gpu.ts";

let shared: Promise<GpuRuntime> | undefined;

/** One runtime for all kernel tests of a page, so that each pipeline compiles once. */
export function kernelRuntime(): Promise<GpuRuntime> {
  shared ??= openRuntime();
  return shared;
}

/**
 * Runs a case on the shared device, in every variant of its kernel that the device has, and asserts that every word of every buffer is as the
 * kernel's twin says.
 */
export async function checkCase(kernelCase: KernelCase): Promise<void> {
  const runtime = await kernelRuntime();
  for (const variant of await variantsOf(kernelCase)) {
    const result = await runCase(runtime, variant);
    if (!result.passed) expect.fail(`${failureOf(result)} (variant ${variant.dispatch.variant})`);
  }
}

/** The case in every variant of its kernel that the shared device has. */
export async function variantsOf(kernelCase: KernelCase): Promise<KernelCase[]> {
  const runtime = await kernelRuntime();
  const runsWide = runtime.variant === "wide" || kernelCase.others.wide?.variant !== "wide";
  return inVariants(kernelCase, runsWide ? ["narrow", "wide", "staged"] : ["narrow", "staged"]);
}

/** The words that a case leaves in its buffers, by binding: for what the comparison with the twin cannot say. */
export async function wordsAfter(kernelCase: KernelCase): Promise<Record<string, Uint32Array>> {
  return executeCase(await kernelRuntime(), kernelCase);
}

/** The same as floats. */
export async function floatsAfter(kernelCase: KernelCase): Promise<Record<string, Float32Array>> {
  const words = Object.entries(await wordsAfter(kernelCase));
  return Object.fromEntries(words.map(([name, bits]) => [name, new Float32Array(bits.buffer)]));
}
