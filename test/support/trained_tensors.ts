import type { TabularModelConfig } from "../../src/model/config.ts";
import { initParameters } from "../../src/model/init.ts";
import { type NamedTensors, parametersOf } from "../../src/model/parameters.ts";
import { Random } from "../../src/random.ts";

/** Weights as after a training: statistics and affine parameters that are neither 0 nor 1, biases that matter. */
export function trainedTensors(config: TabularModelConfig, seed = 4): NamedTensors {
  const random = new Random(seed);
  const tensors = initParameters(config, seed);
  for (const { name, kind } of parametersOf(config)) {
    const draw = (value: (initial: number) => number) => tensors.set(name, tensors.get(name)!.map(value));
    if (kind === "running_mean" || kind === "bn_bias" || kind === "bias") draw(() => 0.5 * random.normal());
    if (kind === "running_var") draw(() => 0.2 + random.uniform());
    if (kind === "bn_weight") draw(() => 0.5 + random.uniform());
    if (kind === "embedding") draw((initial) => 30 * initial); // or all categories look alike
  }
  return tensors;
}
