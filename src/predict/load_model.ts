import { cpuInferenceEngine } from "../cpu/cpu_inference.ts";
import { loadModelFile } from "../io/model_file.ts";
import { gpuInferenceEngine } from "../model/gpu_inference.ts";
import { type Backend, chooseBackend } from "./choose_backend.ts";
import { type InferenceEngine, TabularModel } from "./tabular_model.ts";

/** Options of `loadModel`. */
export interface LoadModelOptions {
  /** Where the model runs; "auto" (the default) takes WebGPU where there is any, else the CPU. */
  backend?: Backend;
  /** Where to look for an adapter; default `navigator.gpu`. */
  gpu?: GPU;
  /** A device to use instead of requesting one; it stays the caller's. */
  device?: GPUDevice;
  /** Called with the reason when "auto" falls back to the CPU; `model.backend` tells it too. */
  onFallback?: (reason: string) => void;
}

/**
 * A model from the bytes of a file that `save` wrote.
 *
 * @throws {ModelFileError} for a file that is truncated, damaged, of another version or no TabGPU model.
 * @throws {DeviceError} with backend "webgpu", where there is no usable WebGPU.
 * @throws {OptionError} for a backend that does not exist.
 */
export async function loadModel(
  bytes: Uint8Array | ArrayBuffer,
  options: LoadModelOptions = {},
): Promise<TabularModel> {
  const { backend = "auto", gpu, device, onFallback } = options;
  const { config, preprocessing, tensors, training } = loadModelFile(bytes);
  const engine = await chooseBackend<InferenceEngine>(
    backend,
    {
      webgpu: () => gpuInferenceEngine(config, tensors, { gpu, device }),
      cpu: () => cpuInferenceEngine(config, tensors),
    },
    onFallback,
  );
  return new TabularModel(config, preprocessing, engine, training);
}
