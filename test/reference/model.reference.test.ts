import { describe, expect, it } from "vitest";
import { dropoutMask } from "../../src/cpu/ops/ops.ts";
import { randomCodes } from "../../src/doctor/random_arrays.ts";
import type { TabularModelConfig } from "../../src/model/config.ts";
import { embeddingWidth } from "../../src/model/config.ts";
import { initParameters } from "../../src/model/init.ts";
import { parametersOf } from "../../src/model/parameters.ts";
import { Random } from "../../src/random.ts";
import { centralDifferences } from "../support/central_differences.ts";
import { expectClose } from "../support/close.ts";
import { listedConfig } from "../support/model_configs.ts";
import { randomNormal } from "../support/random_arrays.ts";
import { ReferenceModel, type ReferenceTask } from "./model.reference.ts";

const small = (overrides: Partial<TabularModelConfig>) =>
  listedConfig({ layers: [6, 5], ps: [0.25, 0.5], embDrop: 0.25, ...overrides });

/** Random embeddings, so that no unit sits where a perturbation of 1e-5 would carry it over a ReLU's kink. */
function randomised(config: TabularModelConfig, random: Random): ReferenceModel {
  const model = new ReferenceModel(config, initParameters(config, 1));
  for (const spec of parametersOf(config)) {
    if (spec.trainable)
      model.tensors.get(spec.name)!.set(randomNormal(random, model.tensors.get(spec.name)!.length));
  }
  return model;
}

function randomTargets(random: Random, task: ReferenceTask, rows: number, outputs: number): Float64Array {
  if (task === "classification") return Float64Array.from({ length: rows }, () => random.below(outputs));
  if (task === "multilabel") return Float64Array.from({ length: rows * outputs }, () => random.below(2));
  return randomNormal(random, rows * outputs);
}

describe("ReferenceModel", () => {
  it.each<[string, ReferenceTask, Partial<TabularModelConfig>]>([
    ["layout A with a y_range", "regression", { layout: "A", yRange: [-1, 2] }],
    ["layout C, three targets", "regression", { outputs: 3 }],
    ["a final BatchNorm", "classification", { outputs: 3, bnFinal: true }],
    ["no BatchNorm at all", "multilabel", { outputs: 2, useBn: false, bnCont: false }],
    ["only categories", "regression", { continuous: 0 }],
    ["only continuous columns", "regression", { embeddingSizes: [] }],
    ["no hidden layers", "classification", { outputs: 2, layers: [], ps: [] }],
  ])("has the gradients that central differences find: %s", (_, task, overrides) => {
    const config = small(overrides);
    const random = new Random(11);
    const rows = 6;
    const model = randomised(config, random);
    const batch = {
      rows,
      codes: randomCodes(random, config.embeddingSizes, rows),
      continuous: randomNormal(random, rows * config.continuous),
    };
    const keep = (width: number, p: number) =>
      dropoutMask(
        Array.from({ length: rows * width }, () => (random.uniform() < p ? 0 : 1)),
        p,
      );
    const masks = {
      embeddings: keep(embeddingWidth(config), config.embDrop),
      blocks: config.layers.map((width, i) => keep(width, config.ps[i])),
    };
    const targets = randomTargets(random, task, rows, config.outputs);
    const loss = () => {
      model.forwardTrain(batch, masks);
      return model.lossAndBackward(targets, task);
    };
    const { gradients } = loss();
    const trainable = parametersOf(config).filter((spec) => spec.trainable);
    expect([...gradients.keys()].toSorted()).toEqual(trainable.map((spec) => spec.name).toSorted());
    for (const [name, gradient] of gradients) {
      const numeric = centralDifferences(() => loss().loss, model.tensors.get(name)!);
      expectClose(gradient, numeric, (x) => 1e-6 * (1 + Math.abs(x)), name);
    }
  });

  it("learns: a hundred steps fit a function of a category and a number", () => {
    const config = small({ ps: [0, 0], embDrop: 0 });
    const random = new Random(12);
    const rows = 64;
    const codes = randomCodes(random, config.embeddingSizes, rows);
    const continuous = randomNormal(random, rows * 2);
    const targets = Float64Array.from({ length: rows }, (_, b) => codes[2 * b] - 2 + 0.5 * continuous[2 * b]);
    const model = new ReferenceModel(config, initParameters(config, 3));
    const losses = Array.from({ length: 100 }, () => {
      model.forwardTrain({ rows, codes, continuous });
      const { loss } = model.lossAndBackward(targets, "regression");
      model.adamStep({ lr: 0.03, mom: 0.9, sqrMom: 0.99, eps: 1e-5, wd: 0, decayAll: false });
      return loss;
    });
    expect(losses[0]).toBeGreaterThan(1);
    expect(losses[99]).toBeLessThan(0.05);
  });

  it("refuses to train on one row, but evaluates one", () => {
    const config = small({});
    const model = new ReferenceModel(config, initParameters(config, 1));
    const row = { rows: 1, codes: [1, 2], continuous: [0.5, -0.5] };
    expect(() => model.forwardTrain(row)).toThrow("BatchNorm got a training batch of 1 row");
    expect(model.evalForward(row)).toHaveLength(1);
  });
});
