import { OptionError } from "../errors.ts";
import type { TabularModelConfig } from "./config.ts";
import { layerModules } from "./layer_modules.ts";

/** Tensors by their PyTorch key. num_batches_tracked is one float in memory (an int64 scalar in files). */
export type NamedTensors = Map<string, Float32Array>;

export type ParameterKind =
  | "embedding"
  | "weight"
  | "bias"
  | "bn_weight"
  | "bn_bias"
  | "running_mean"
  | "running_var"
  | "num_batches_tracked";

/** Where a tensor sits in the model. */
export type ParameterRole =
  | { readonly part: "embedding"; readonly column: number }
  | { readonly part: "bn_cont" }
  | { readonly part: "block"; readonly block: number };

/** One entry of PyTorch's state_dict. */
export interface ParameterSpec {
  /** PyTorch's key, e.g. "layers.0.0.weight". */
  readonly name: string;
  /** Row-major; a Linear's weight is [fan_out, fan_in], num_batches_tracked is a scalar, []. */
  readonly shape: readonly number[];
  readonly kind: ParameterKind;
  readonly role: ParameterRole;
  /** Whether the v2 recipe decays it: embeddings and Linear weights only (v1 decays all that is trainable). */
  readonly decays: boolean;
  /** False for BatchNorm's running statistics and counter. */
  readonly trainable: boolean;
}

/**
 * Every tensor of the model in the order of PyTorch's state_dict: embeddings, bn_cont, then `layers` module by
 * module. A model without continuous columns has no bn_cont tensors (PyTorch keeps them with shape [0]).
 */
export function parametersOf(config: TabularModelConfig): ParameterSpec[] {
  const specs: ParameterSpec[] = [];
  config.embeddingSizes.forEach(([n, width], column) => {
    specs.push(trainable(`embeds.${column}.weight`, "embedding", [n, width], { part: "embedding", column }));
  });
  if (config.bnCont && config.continuous > 0) {
    specs.push(...batchNormOf("bn_cont", config.continuous, { part: "bn_cont" }));
  }
  for (const { name, kind, block } of layerModules(config)) {
    const role = { part: "block", block: block.index } as const;
    if (kind === "linear") {
      specs.push(trainable(`${name}.weight`, "weight", [block.fanOut, block.fanIn], role));
      if (block.bias) specs.push(trainable(`${name}.bias`, "bias", [block.fanOut], role));
    } else if (kind === "batch_norm") {
      specs.push(...batchNormOf(name, block.fanOut, role));
    }
  }
  return specs;
}

function trainable(
  name: string,
  kind: ParameterKind,
  shape: readonly number[],
  role: ParameterRole,
): ParameterSpec {
  return { name, shape, kind, role, decays: kind === "embedding" || kind === "weight", trainable: true };
}

function batchNormOf(name: string, features: number, role: ParameterRole): ParameterSpec[] {
  const shape = [features];
  const buffer = (kind: ParameterKind, size: readonly number[]): ParameterSpec => {
    return { name: `${name}.${kind}`, shape: size, kind, role, decays: false, trainable: false };
  };
  return [
    trainable(`${name}.weight`, "bn_weight", shape, role),
    trainable(`${name}.bias`, "bn_bias", shape, role),
    buffer("running_mean", shape),
    buffer("running_var", shape),
    buffer("num_batches_tracked", []),
  ];
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Number of trainable values: what PyTorch users call the model's parameters. */
export function trainableCount(config: TabularModelConfig): number {
  return parametersOf(config).reduce((sum, p) => sum + (p.trainable ? elementCount(p.shape) : 0), 0);
}

/** @throws {OptionError} unless `tensors` holds exactly the tensors of `config`, each of its length. */
export function checkTensors(
  config: TabularModelConfig,
  tensors: ReadonlyMap<string, ArrayLike<number>>,
): void {
  const specs = parametersOf(config);
  for (const { name, shape } of specs) {
    const tensor = tensors.get(name);
    if (!tensor) {
      throw new OptionError(
        `Tensor "${name}" [${shape}] is missing. Give every tensor of the model's config.`,
      );
    }
    if (tensor.length !== elementCount(shape)) {
      throw new OptionError(
        `Tensor "${name}" has ${tensor.length} values but its shape [${shape}] needs ${elementCount(shape)}. ` +
          "The tensors belong to another config.",
      );
    }
  }
  if (tensors.size !== specs.length) {
    const known = new Set(specs.map((spec) => spec.name));
    const extra = [...tensors.keys()].filter((name) => !known.has(name));
    throw new OptionError(
      `The model has no tensor "${extra[0]}" (${extra.length} too many in all). The tensors belong to another config.`,
    );
  }
}
