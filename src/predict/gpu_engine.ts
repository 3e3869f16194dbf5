import { DeviceError } from "../errors.ts";
import { adapterLine, findAdapter, type GpuOptions, isSoftware } from "../gpu/device.ts";
import type { TabularModelConfig } from "../model/config.ts";
import { gpuInferenceEngine } from "../model/gpu_inference.ts";
import type { InferenceEngine } from "./tabular_model.ts";

export { gpuInferenceEngine };

/**
 * The GPU's engine for a model that has one on the CPU.
 * @throws {DeviceError} where there is no GPU, or only a software adapter
 */
export async function openWorthwhileGpu(
  config: TabularModelConfig,
  cpu: InferenceEngine,
  options: GpuOptions,
): Promise<InferenceEngine> {
  const adapter = await findAdapter(options);
  if (isSoftware(adapter)) {
    throw new DeviceError(
      `The only adapter computes on the CPU itself, but slower: ${adapterLine(adapter)}.`,
    );
  }
  return gpuInferenceEngine(config, await cpu.tensors(), options);
}
