import type { GpuOptions } from "../gpu/device.ts";
import { GpuRuntime } from "../scheduler/gpu_runtime.ts";
import type { TabularModelConfig } from "./config.ts";
import { Network } from "./network.ts";
import type { NamedTensors } from "./parameters.ts";
import { ReplayInferenceEngine, uploadNetwork } from "./replay_inference.ts";

/**
 * A WebGPU engine for a model whose weights are given by PyTorch key.
 * @throws {DeviceError} where there is no WebGPU, no adapter, or one that is too small
 */
export async function gpuInferenceEngine(
  config: TabularModelConfig,
  tensors: NamedTensors,
  options: GpuOptions = {},
): Promise<ReplayInferenceEngine> {
  const runtime = await GpuRuntime.open(options);
  const network = new Network(config);
  uploadNetwork(runtime, network, tensors);
  const batches = [...tensors].find(([name]) => name.endsWith("num_batches_tracked"))?.[1][0] ?? 0;
  return new ReplayInferenceEngine(
    runtime,
    network,
    () => batches,
    () => runtime.dispose(),
  );
}
