import { type PreprocessingState, targetOutputs } from "../data/preprocessing_state.ts";
import { ModelFileError } from "../errors.ts";
import type { TabularModelConfig } from "../model/config.ts";
import { type ParameterSpec, parametersOf } from "../model/parameters.ts";
import type { SafeTensor } from "./safetensors.ts";

/**
 * Checks that the model has the inputs and outputs that the preprocessing makes.
 *
 * @throws {ModelFileError} with both numbers.
 */
export function checkFit(
  config: TabularModelConfig,
  { categorical, continuous, target }: PreprocessingState,
): void {
  const agree = (what: string, has: number, name: string, needs: number) => {
    if (has === needs) return;
    throw new ModelFileError(`The model has ${has} ${what}, but its preprocessing has ${needs} ${name}.`);
  };
  const { embeddingSizes } = config;
  agree("embeddings", embeddingSizes.length, "categorical columns", categorical.length);
  categorical.forEach(({ name, levels }, i) => {
    const [rows] = embeddingSizes[i];
    if (rows === levels.length + 1) return;
    throw new ModelFileError(
      `The embedding of column "${name}" has ${rows} rows, but its vocabulary has ${levels.length} levels, ` +
        `which with "#na#" need ${levels.length + 1}.`,
    );
  });
  agree("continuous inputs", config.continuous, "continuous columns", continuous.length);
  const outputsOf = target.task === "classification" ? "classes" : "target columns";
  agree("outputs", config.outputs, outputsOf, targetOutputs(target));
}

/**
 * Checks that `stored` has every tensor of the config, `names` no other, and that all values can be computed with.
 *
 * @throws {ModelFileError} naming the tensor.
 */
export function checkTensors(
  config: TabularModelConfig,
  stored: ReadonlyMap<string, SafeTensor>,
  names: readonly string[],
): void {
  const specs = new Map(parametersOf(config).map((spec) => [spec.name, spec]));
  for (const spec of specs.values()) checkTensor(spec, stored.get(spec.name));
  for (const name of names) {
    if (!specs.has(name)) {
      throw new ModelFileError(`Tensor "${name}" belongs to no part of the model that the config describes.`);
    }
  }
}

function checkTensor(spec: ParameterSpec, tensor: SafeTensor | undefined): void {
  const { name, kind } = spec;
  if (!tensor) throw new ModelFileError(`Tensor "${name}" [${spec.shape}] of the model is missing.`);
  if (tensor.shape.length !== spec.shape.length || tensor.shape.some((n, i) => n !== spec.shape[i])) {
    throw new ModelFileError(
      `Tensor "${name}" has shape [${tensor.shape}], but the model's config needs [${spec.shape}].`,
    );
  }
  if (tensor.dtype !== dtypeOf(spec)) {
    throw new ModelFileError(`Tensor "${name}" has dtype ${tensor.dtype}; it must be ${dtypeOf(spec)}.`);
  }
  const notFinite = tensor.data.findIndex((x) => !Number.isFinite(x));
  if (notFinite >= 0) {
    throw new ModelFileError(
      `Tensor "${name}" holds ${tensor.data[notFinite]} at element ${notFinite}; weights must be finite. ` +
        "The training that made it diverged: train again with a lower learning rate.",
    );
  }
  const nonNegative = kind === "running_var" || kind === "num_batches_tracked";
  const negative = nonNegative ? tensor.data.findIndex((x) => x < 0) : -1;
  if (negative >= 0) {
    throw new ModelFileError(
      `Tensor "${name}" holds ${tensor.data[negative]} at element ${negative}; a ${kind} is at least 0.`,
    );
  }
}

/** PyTorch counts batches in int64; everything else is float32. */
export function dtypeOf({ kind }: ParameterSpec): SafeTensor["dtype"] {
  return kind === "num_batches_tracked" ? "I64" : "F32";
}
