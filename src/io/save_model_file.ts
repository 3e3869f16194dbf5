import type { PreprocessingState } from "../data/preprocessing.ts";
import type { TabularModelConfig } from "../model/config.ts";
import { elementCount, type ParameterSpec, parametersOf } from "../model/parameters.ts";
import { checkTensors, dtypeOf } from "./model_checks.ts";
import { MODEL_FILE_VERSION, parseModelJson } from "./model_file.ts";
import type { SafeTensor } from "./safetensors.ts";
import type { TrainingSummary } from "./training_summary.ts";
import { encodeSafetensors } from "./write_safetensors.ts";

/**
 * Writes a model into one file. The file is checked as `loadModelFile` would check it: none is written that could
 * not be read again.
 *
 * @returns the bytes of the file, the same for the same model.
 * @throws {ModelFileError} for tensors that are missing, superfluous, of a wrong length or not finite (a training
 *   that diverged), and for a config that does not fit the preprocessing.
 */
export function saveModelFile(model: {
  config: TabularModelConfig;
  preprocessing: PreprocessingState;
  tensors: ReadonlyMap<string, Float32Array>;
  training?: TrainingSummary | null;
}): Uint8Array<ArrayBuffer> {
  const { config, preprocessing, tensors, training } = model;
  const json = JSON.stringify({
    version: MODEL_FILE_VERSION,
    config,
    preprocessing,
    training: training ?? null,
  });
  const checked = parseModelJson(json);
  const stored = new Map<string, SafeTensor>();
  for (const spec of parametersOf(checked.config)) {
    const data = tensors.get(spec.name);
    if (data) stored.set(spec.name, { dtype: dtypeOf(spec), shape: lengthsOf(spec, data), data });
  }
  checkTensors(checked.config, stored, [...tensors.keys()]);
  return encodeSafetensors(stored, { format: "pt", tabgpu: json });
}

/** The shape of a tensor in memory, where it is only a list of numbers: the model's, if that many fit. */
function lengthsOf({ shape }: ParameterSpec, data: Float32Array): readonly number[] {
  return elementCount(shape) === data.length ? shape : [data.length];
}
