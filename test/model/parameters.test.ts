import { describe, expect, it } from "vitest";
import type { TabularModelConfig } from "../../src/model/config.ts";
import { initParameters } from "../../src/model/init.ts";
import { checkTensors, elementCount, parametersOf, trainableCount } from "../../src/model/parameters.ts";
import { listedConfig, rossmannConfig } from "../support/model_configs.ts";

const bn = (name: string, features: number) => [
  `${name}.weight [${features}]`,
  `${name}.bias [${features}]`,
  `${name}.running_mean [${features}]`,
  `${name}.running_var [${features}]`,
  `${name}.num_batches_tracked []`,
];
const embeds = ["embeds.0.weight [5,4]", "embeds.1.weight [3,3]"];
const head = [...embeds, ...bn("bn_cont", 2)];
const noDropout = { ps: [0, 0] };

function listing(overrides: Partial<TabularModelConfig>): string[] {
  return parametersOf(listedConfig(overrides)).map(({ name, shape }) => `${name} [${shape}]`);
}

describe("parametersOf lists PyTorch's state_dict", () => {
  it("layout A with dropout", () => {
    expect(listing({ layout: "A" })).toEqual([
      ...head,
      "layers.0.weight [200,9]",
      "layers.0.bias [200]",
      ...bn("layers.2", 200),
      "layers.4.weight [100,200]",
      "layers.4.bias [100]",
      ...bn("layers.6", 100),
      "layers.8.weight [1,100]",
      "layers.8.bias [1]",
    ]);
  });

  it("layout A without dropout, whose indices move up", () => {
    expect(listing({ layout: "A", ...noDropout })).toEqual([
      ...head,
      "layers.0.weight [200,9]",
      "layers.0.bias [200]",
      ...bn("layers.2", 200),
      "layers.3.weight [100,200]",
      "layers.3.bias [100]",
      ...bn("layers.5", 100),
      "layers.6.weight [1,100]",
      "layers.6.bias [1]",
    ]);
  });

  const layoutC = [
    "layers.0.0.weight [200,9]",
    ...bn("layers.0.2", 200),
    "layers.1.0.weight [100,200]",
    ...bn("layers.1.2", 100),
    "layers.2.0.weight [1,100]",
    "layers.2.0.bias [1]",
  ];

  it("layout C, the same with and without dropout", () => {
    expect(listing({ layout: "C" })).toEqual([...head, ...layoutC]);
    expect(listing({ layout: "C", ...noDropout })).toEqual([...head, ...layoutC]);
  });

  it("layout A without BatchNorm", () => {
    expect(listing({ layout: "A", useBn: false, ...noDropout })).toEqual([
      ...head,
      "layers.0.weight [200,9]",
      "layers.0.bias [200]",
      "layers.2.weight [100,200]",
      "layers.2.bias [100]",
      "layers.4.weight [1,100]",
      "layers.4.bias [1]",
    ]);
  });

  it("layout C without BatchNorm, whose Linears gain a bias", () => {
    expect(listing({ layout: "C", useBn: false })).toEqual([
      ...head,
      "layers.0.0.weight [200,9]",
      "layers.0.0.bias [200]",
      "layers.1.0.weight [100,200]",
      "layers.1.0.bias [100]",
      "layers.2.0.weight [1,100]",
      "layers.2.0.bias [1]",
    ]);
  });

  it("a final BatchNorm: after the biased Linear in A, instead of its bias in C", () => {
    expect(listing({ layout: "A", bnFinal: true, ...noDropout }).slice(-7)).toEqual([
      "layers.6.weight [1,100]",
      "layers.6.bias [1]",
      ...bn("layers.7", 1),
    ]);
    expect(listing({ layout: "C", bnFinal: true }).slice(-6)).toEqual([
      "layers.2.0.weight [1,100]",
      ...bn("layers.2.1", 1),
    ]);
  });

  it("no bn_cont where it is switched off or there is nothing continuous", () => {
    expect(listing({ bnCont: false })).toEqual([...embeds, ...layoutC]);
    const alone = layoutC.with(0, "layers.0.0.weight [200,7]");
    expect(listing({ continuous: 0 })).toEqual([...embeds, ...alone]);
  });

  it("no embeds where nothing is categorical", () => {
    const alone = layoutC.with(0, "layers.0.0.weight [200,2]");
    expect(listing({ embeddingSizes: [] })).toEqual([...bn("bn_cont", 2), ...alone]);
  });

  it("a lone Linear where there are no hidden layers", () => {
    expect(listing({ layout: "A", layers: [], ps: [] })).toEqual([
      ...head,
      "layers.0.weight [1,9]",
      "layers.0.bias [1]",
    ]);
    expect(listing({ layers: [], ps: [] })).toEqual([
      ...head,
      "layers.0.0.weight [1,9]",
      "layers.0.0.bias [1]",
    ]);
  });

  it("says where each tensor sits, what it is, and what decays and trains", () => {
    const specs = new Map(parametersOf(listedConfig({ layout: "A" })).map((spec) => [spec.name, spec]));
    expect(specs.get("embeds.1.weight")).toEqual({
      name: "embeds.1.weight",
      shape: [3, 3],
      kind: "embedding",
      role: { part: "embedding", column: 1 },
      decays: true,
      trainable: true,
    });
    expect(specs.get("layers.4.weight")).toMatchObject({
      kind: "weight",
      role: { part: "block", block: 1 },
      decays: true,
    });
    expect(specs.get("bn_cont.weight")).toMatchObject({ kind: "bn_weight", role: { part: "bn_cont" } });
    const weightsOfA = ["layers.0.weight", "layers.4.weight", "layers.8.weight"];
    const decaying = [...specs.values()].filter((spec) => spec.decays).map((spec) => spec.name);
    expect(decaying).toEqual([...embeds.map((line) => line.split(" ")[0]), ...weightsOfA]);
    const buffers = ["running_mean", "running_var", "num_batches_tracked"];
    const fixed = [...specs.values()].filter((spec) => !spec.trainable);
    expect(fixed.map((spec) => spec.kind)).toEqual(Array(3).fill(buffers).flat());
  });

  it("counts the Rossmann model's parameters as PyTorch does", () => {
    expect(trainableCount(rossmannConfig())).toBe(831_054);
    expect(trainableCount(rossmannConfig({ layout: "C" }))).toBe(829_554);
    const count = (part: string) =>
      parametersOf(rossmannConfig())
        .filter((spec) => spec.trainable && spec.role.part === part)
        .reduce((sum, spec) => sum + elementCount(spec.shape), 0);
    expect([count("embedding"), count("bn_cont"), count("block")]).toEqual([93_021, 32, 738_001]);
  });
});

describe("checkTensors", () => {
  const config = listedConfig();

  it("accepts the tensors of the config", () => {
    expect(() => checkTensors(config, initParameters(config, 1))).not.toThrow();
  });

  it("names a missing tensor", () => {
    const tensors = initParameters(config, 1);
    tensors.delete("layers.0.0.weight");
    expect(() => checkTensors(config, tensors)).toThrow(
      'Tensor "layers.0.0.weight" [200,9] is missing. Give every tensor of the model\'s config.',
    );
  });

  it("names a tensor of the wrong length", () => {
    const tensors = initParameters(config, 1).set("embeds.0.weight", new Float32Array(19));
    expect(() => checkTensors(config, tensors)).toThrow(
      'Tensor "embeds.0.weight" has 19 values but its shape [5,4] needs 20. The tensors belong to another config.',
    );
  });

  it("names a tensor the model has not", () => {
    const tensors = initParameters(config, 1).set("layers.9.weight", new Float32Array(1));
    expect(() => checkTensors(config, tensors)).toThrow(
      'The model has no tensor "layers.9.weight" (1 too many in all). The tensors belong to another config.',
    );
  });
});
