import { checkPreprocessing } from "../data/check_preprocessing.ts";
import type { PreprocessingState } from "../data/preprocessing_state.ts";
import { ModelFileError } from "../errors.ts";
import type { TabularModelConfig } from "../model/config.ts";
import { type NamedTensors, parametersOf } from "../model/parameters.ts";
import { findDuplicateKey } from "./json_keys.ts";
import { checkFit, checkTensors } from "./model_checks.ts";
import { checkModelConfig } from "./model_config.ts";
import { decodeSafetensors } from "./safetensors.ts";
import { checkTrainingSummary, type TrainingSummary } from "./training_summary.ts";

/**
 * A trained model in one file: a safetensors file whose tensors bear fastai's (PyTorch's) names, with everything
 * else a prediction needs as JSON under the metadata key "tabgpu". PyTorch reads the weights with
 * `safetensors.torch.load_file(path)`; the dictionary is the state_dict of fastai's TabularModel.
 */
export interface ModelFile {
  readonly config: TabularModelConfig;
  readonly preprocessing: PreprocessingState;
  /** Every tensor of `parametersOf(config)`; num_batches_tracked is an I64 scalar in the file. */
  readonly tensors: NamedTensors;
  /** How the model came to be, for people; null where nobody said. */
  readonly training: TrainingSummary | null;
}

/** The version of the JSON under "tabgpu"; rises when an older TabGPU would misread it. */
export const MODEL_FILE_VERSION = 1;

/**
 * Reads a model file and checks everything in it: the container, the version, the config, the preprocessing, and
 * that they and the tensors fit each other.
 *
 * @throws {ModelFileError} naming the defect, and for anything that is no TabGPU model.
 */
export function loadModelFile(bytes: Uint8Array | ArrayBuffer): ModelFile {
  const { tensors: stored, metadata } = decodeSafetensors(asBytes(bytes));
  if (!Object.hasOwn(metadata, "tabgpu")) {
    throw new ModelFileError(
      'The file has no "tabgpu" entry in its metadata: it holds tensors, but not the columns and vocabularies that ' +
        "go with them. Load a file that learner.save() wrote.",
    );
  }
  const model = parseModelJson(metadata.tabgpu);
  checkTensors(model.config, stored, [...stored.keys()]);
  const tensors = new Map(parametersOf(model.config).map(({ name }) => [name, stored.get(name)!.data]));
  return { ...model, tensors };
}

function asBytes(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  const got = bytes == null ? String(bytes) : (Object(bytes).constructor?.name ?? typeof bytes);
  throw new ModelFileError(
    `A model is loaded from the bytes of its file, a Uint8Array or ArrayBuffer, but got ${got}. ` +
      "Read the file first: await file.arrayBuffer().",
  );
}

/** Everything but the tensors, from the JSON under "tabgpu". */
export function parseModelJson(json: string): Omit<ModelFile, "tensors"> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ModelFileError(`The model file's "tabgpu" entry is not JSON (${(error as Error).message}).`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ModelFileError('The model file\'s "tabgpu" entry is not a JSON object.');
  }
  const duplicate = findDuplicateKey(json);
  if (duplicate) {
    const path = [...duplicate.path, duplicate.key].join(".");
    throw new ModelFileError(`The model file's "tabgpu" entry has the name "${path}" twice.`);
  }
  const { version, config, preprocessing, training } = value as Record<string, unknown>;
  if (version !== MODEL_FILE_VERSION) {
    const got = typeof version === "number" ? `version ${version}` : "no version number";
    throw new ModelFileError(
      `The model file has ${got}; this TabGPU reads version ${MODEL_FILE_VERSION}. ` +
        "Load it with the TabGPU that wrote it, or update TabGPU.",
    );
  }
  const model = {
    config: checkModelConfig(config),
    preprocessing: readPreprocessing(preprocessing),
    training: training === null || training === undefined ? null : checkTrainingSummary(training),
  };
  checkFit(model.config, model.preprocessing);
  return model;
}

function readPreprocessing(value: unknown): PreprocessingState {
  try {
    return checkPreprocessing(value);
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
    // A value nested deeper than the stack overflows it when a message shows the value.
    throw new ModelFileError(`The model file's preprocessing cannot be read (${(error as Error).message}).`);
  }
}
