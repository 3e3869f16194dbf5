import { cpuInferenceEngine } from "../cpu/cpu_inference.ts";
import { DeviceError } from "../errors.ts";
import { entryPoint } from "../gpu/entry_point.ts";
import { modelContent } from "../io/model_content.ts";
import { loadModelFile } from "../io/model_file.ts";
import { AutoInferenceEngine } from "./auto_engine.ts";
import { type Backend, chooseBackend } from "./choose_backend.ts";
import { type InferenceEngine, type ModelWriter, TabularModel } from "./tabular_model.ts";

/** Options of `loadModel`. */
export interface LoadModelOptions {
  /**
   * Where the model runs. "auto" (the default): each call where it is quicker. That is the CPU for few rows, for any
   * number where there is no GPU or only a software adapter, and at first; a GPU is opened in the background once calls
   * are large enough to gain by it, and `model.plan` tells which calls it gets. A row's prediction may then differ
   * between calls by rounding, some 1e-6 relative; with "webgpu" or "cpu" it is the same bits in every call.
   */
  backend?: Backend;
  /** Where to look for an adapter; default `navigator.gpu`. */
  gpu?: GPU;
  /** A device to use instead of requesting one; it stays the caller's. */
  device?: GPUDevice;
  /**
   * Called once with the reason when "auto" finds that it has only the CPU: at once where there is no WebGPU, else when
   * a GPU was tried or lost. `model.plan` tells it too.
   */
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
  const { backend = "auto", gpu, device } = options;
  const { config, preprocessing, tensors, training } = loadModelFile(bytes);
  const onCpu = () => cpuInferenceEngine(config, tensors);
  // Loaded when a GPU is to be opened: a page that predicts on the CPU goes without.
  const gpuEngines = () => import("./gpu_engine.ts");
  const engine =
    backend === "auto"
      ? autoEngine(
          onCpu(),
          async (cpu) => (await gpuEngines()).openWorthwhileGpu(config, cpu, { gpu, device }),
          options,
        )
      : await chooseBackend<InferenceEngine>(backend, {
          webgpu: async () => (await gpuEngines()).gpuInferenceEngine(config, tensors, { gpu, device }),
          cpu: onCpu,
        });
  return new TabularModel(config, preprocessing, engine, write, training);
}

/** What checks a model is here since it was read; what writes bytes is loaded now, as few pages that predict save. */
const write: ModelWriter = async (model) => {
  const { tensors, metadata } = modelContent(model);
  const { encodeSafetensors } = await import("../io/write_safetensors.ts");
  return encodeSafetensors(tensors, metadata);
};

/** The CPU's engine, and a GPU's where there may be one. */
function autoEngine(
  cpu: InferenceEngine,
  onGpu: (cpu: InferenceEngine) => Promise<InferenceEngine>,
  options: LoadModelOptions,
): InferenceEngine {
  const { onFallback } = options;
  const engine = new AutoInferenceEngine({ cpu, openGpu: () => onGpu(cpu), onFallback });
  if (!options.device) {
    try {
      entryPoint(options);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      engine.stayOnCpu(error.message);
    }
  }
  return engine;
}
