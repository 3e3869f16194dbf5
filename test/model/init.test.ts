import { describe, expect, it } from "vitest";
import { initParameters } from "../../src/model/init.ts";
import { elementCount, parametersOf } from "../../src/model/parameters.ts";
import { listedConfig, rossmannConfig } from "../support/model_configs.ts";

const meanOf = (values: Float32Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
const stdOf = (values: Float32Array) => {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
};

describe("initParameters", () => {
  it("gives every tensor of the config, in order, with its length", () => {
    const config = listedConfig({ layout: "A", bnFinal: true });
    const tensors = initParameters(config, 42);
    expect([...tensors.keys()]).toEqual(parametersOf(config).map((spec) => spec.name));
    for (const { name, shape } of parametersOf(config)) {
      expect(tensors.get(name)?.length, name).toBe(elementCount(shape));
    }
  });

  it("draws embeddings from the normal folded into (−2, 2), times 0.01", () => {
    const store = initParameters(rossmannConfig(), 42).get("embeds.0.weight")!; // 90396 values
    const largest = store.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
    expect(largest).toBeLessThan(0.02);
    expect(largest).toBeGreaterThan(0.0198);
    // Of N(0, 1) folded by fmod 2 the exact std is 0.8655, mean 0; bounds are five standard errors.
    expect(Math.abs(stdOf(store) - 0.008655)).toBeLessThan(1e-4);
    expect(Math.abs(meanOf(store))).toBeLessThan((5 * 0.00866) / Math.sqrt(store.length));
    // Folding moves |x| > 2 (4.6 %) back towards 0 with its sign: |x| < 0.3 holds 23.6 % + what 2 < |x| < 2.3 brings, 2.4 %.
    const small = store.filter((x) => Math.abs(x) < 0.003).length / store.length;
    expect(Math.abs(small - 0.26)).toBeLessThan(0.01);
  });

  it("draws Linear weights and biases uniformly within ±1/√fan_in", () => {
    const tensors = initParameters(rossmannConfig(), 7);
    for (const [name, fanIn] of [
      ["layers.0.weight", 233],
      ["layers.0.bias", 233],
      ["layers.4.weight", 1000],
      ["layers.4.bias", 1000],
      ["layers.8.weight", 500],
    ] as const) {
      const values = tensors.get(name)!;
      const bound = 1 / Math.sqrt(fanIn);
      const largest = values.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
      expect(largest, name).toBeLessThanOrEqual(Math.fround(bound));
      expect(largest, name).toBeGreaterThan(0.98 * bound);
      expect(Math.abs(stdOf(values) / (bound / Math.sqrt(3)) - 1), name).toBeLessThan(0.1);
      expect(Math.abs(meanOf(values)), name).toBeLessThan((5 * bound) / Math.sqrt(3 * values.length));
    }
  });

  it("starts BatchNorm at weight 1, mean 0, var 1 and the recipe's bias, which bn_cont does not share", () => {
    const tensors = initParameters(listedConfig({ bnBiasInit: 0.001, bnFinal: true }), 3);
    const only = (name: string) => [...new Set(tensors.get(name))];
    for (const name of ["bn_cont", "layers.0.2", "layers.1.2", "layers.2.1"]) {
      expect(only(`${name}.weight`)).toEqual([1]);
      expect(only(`${name}.bias`)).toEqual([name === "bn_cont" ? 0 : Math.fround(0.001)]);
      expect(only(`${name}.running_mean`)).toEqual([0]);
      expect(only(`${name}.running_var`)).toEqual([1]);
      expect(only(`${name}.num_batches_tracked`)).toEqual([0]);
    }
  });

  it("repeats itself for a seed and differs for another", () => {
    const config = listedConfig();
    expect(initParameters(config, 5)).toEqual(initParameters(config, 5));
    const weight = (seed: number) => initParameters(config, seed).get("layers.0.0.weight");
    expect(weight(5)).not.toEqual(weight(6));
  });

  it("refuses a config no model can have", () => {
    expect(() => initParameters(listedConfig({ ps: [0.1] }), 1)).toThrow("ps has 1 values but layers has 2");
  });
});
