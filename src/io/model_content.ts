import type { PreprocessingState } from "../data/preprocessing_state.ts";
import type { TabularModelConfig } from "../model/config.ts";
import { elementCount, type NamedTensors, type ParameterSpec, parametersOf } from "../model/parameters.ts";
import { checkTensors, dtypeOf } from "./model_checks.ts";
import { MODEL_FILE_VERSION, parseModelJson } from "./model_file.ts";
import type { SafeTensor, SafetensorsContent } from "./safetensors.ts";
import type { TrainingSummary } from "./training_summary.ts";

/** What a model file is made of. */
export interface ModelToSave {
  readonly config: TabularModelConfig;
  readonly preprocessing: PreprocessingState;
  readonly tensors: NamedTensors;
  readonly training?: TrainingSummary | null;
}

/**
 * What the model's file will hold, checked as `loadModelFile` would check it: none is written that could not be read
 * again.
 *
 * @throws {ModelFileError} for tensors that are missing, superfluous, of a wrong length or not finite (a training
 *   that diverged), and for a config that does not fit the preprocessing.
 */
export function modelContent({ config, preprocessing, tensors, training }: ModelToSave): SafetensorsContent {
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
  return { tensors: stored, metadata: { format: "pt", tabgpu: json } };
}

/** The shape of a tensor in memory, where it is only a list of numbers: the model's, if that many fit. */
function lengthsOf({ shape }: ParameterSpec, data: Float32Array): readonly number[] {
  return elementCount(shape) === data.length ? shape : [data.length];
}
