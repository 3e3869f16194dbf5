import { Random } from "../random.ts";
import { checkConfig, type TabularModelConfig } from "./config.ts";
import { elementCount, type NamedTensors, type ParameterSpec, parametersOf } from "./parameters.ts";

/** Keeps the weights' random numbers apart from those of splits and shuffles made with the same seed. */
const WEIGHTS_STREAM = 0x77656967;

/**
 * Fresh tensors as fastai initialises them, the same each time for the same seed. Embeddings are normal,
 * folded into (−2, 2) by fmod, times 0.01. Linear weights and biases are uniform within ±1/√fan_in (PyTorch's
 * default, which fastai keeps). BatchNorm has weight 1, bias 0 (`config.bnBiasInit` inside `layers`), mean 0, var 1.
 *
 * @param seed any integer
 * @throws {OptionError} for a config no model can have
 */
export function initParameters(config: TabularModelConfig, seed: number): NamedTensors {
  checkConfig(config);
  const random = new Random(seed, WEIGHTS_STREAM);
  const tensors: NamedTensors = new Map();
  let fanIn = 0; // a Linear's bias follows its weight and shares its bound
  for (const spec of parametersOf(config)) {
    if (spec.kind === "weight") fanIn = spec.shape[1];
    const draw = initialValue(spec, config, fanIn, random);
    tensors.set(spec.name, Float32Array.from({ length: elementCount(spec.shape) }, draw));
  }
  return tensors;
}

function initialValue(
  spec: ParameterSpec,
  config: TabularModelConfig,
  fanIn: number,
  random: Random,
): () => number {
  switch (spec.kind) {
    case "embedding":
      return () => (random.normal() % 2) * 0.01; // % is C's fmod: toward zero, the sign kept
    case "weight":
    case "bias": {
      const bound = 1 / Math.sqrt(fanIn);
      return () => (2 * random.uniform() - 1) * bound;
    }
    case "bn_bias":
      return () => (spec.role.part === "block" ? config.bnBiasInit : 0);
    case "bn_weight":
    case "running_var":
      return () => 1;
    case "running_mean":
    case "num_batches_tracked":
      return () => 0;
  }
}
