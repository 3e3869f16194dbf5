import { GpuRuntime } from "../../src/scheduler/gpu_runtime.ts";

let shared: Promise<GPUDevice> | undefined;

/** One device for all GPU tests of a page: devices are slow to make, and pipelines slow to compile, on software adapters. */
export function sharedDevice(): Promise<GPUDevice> {
  shared ??= openShared();
  return shared;
}

async function openShared(): Promise<GPUDevice> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error("no WebGPU adapter: GPU tests must fail here, not pass on nothing");
  const wanted: readonly GPUFeatureName[] = ["timestamp-query", "subgroups"]; // as openDevice asks
  return adapter.requestDevice({
    requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)),
  });
}

/** A runtime on the shared device; dispose it at the end of the test, the device stays. */
export async function openRuntime(): Promise<GpuRuntime> {
  return GpuRuntime.open({ device: await sharedDevice() });
}
