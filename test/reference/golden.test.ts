import { describe, expect, it } from "vitest";
import { yRangeForward } from "../../src/cpu/ops/ops.ts";
import { MASK_FIXTURES, MODEL_FIXTURES, type ModelFixture } from "../golden/fixtures.ts";
import { expectClose } from "../support/close.ts";
import { allRows, masksOf, stepBatch } from "../support/replay.ts";
import { ReferenceModel } from "./model.reference.ts";

/** Both sides are float64, so what is left is the ten digits the fixtures are written with, and a hundred steps. */
const FORWARD = 1e-8;
const LOSSES = 1e-7; // relative

function modelOf({ config, tensors }: ModelFixture): ReferenceModel {
  return new ReferenceModel(config, new Map(Object.entries(tensors).map(([name, t]) => [name, t.values])));
}

describe.each([...MODEL_FIXTURES, ...MASK_FIXTURES])("$name, as PyTorch trains it", (fixture) => {
  const { config, expected, hyper, task, data } = fixture;
  const model = modelOf(fixture);
  const masks = masksOf(fixture);

  it("evaluates, trains and evaluates again", () => {
    expectClose(model.evalForward(allRows(fixture)), expected.evalBefore, FORWARD, "evalBefore");
    const losses: number[] = [];
    for (let step = 0; step < data.steps; step++) {
      const { batch, targets } = stepBatch(fixture, step);
      const logits = model.forwardTrain(batch, masks);
      const { loss, gradients } = model.lossAndBackward(targets, task);
      if (step === 0) {
        expectClose(yRangeForward(logits, config.yRange), expected.trainLogits, FORWARD, "trainLogits");
        expect([...gradients.keys()].toSorted()).toEqual(Object.keys(expected.gradients).toSorted());
        for (const [name, gradient] of gradients) {
          expectClose(gradient, expected.gradients[name].values, FORWARD, `gradient of ${name}`);
        }
      }
      losses.push(loss);
      model.adamStep({ ...hyper, lr: hyper.lrs[step], mom: hyper.moms[step] });
    }
    expectClose(losses, expected.losses, (x) => LOSSES * Math.abs(x), "losses");
    for (const [name, { values }] of Object.entries(expected.finalTensors)) {
      if (!fixture.free.includes(name)) expectClose(model.tensors.get(name)!, values, 1e-6, name);
    }
    expectClose(model.evalForward(allRows(fixture)), expected.evalAfter, 1e-6, "evalAfter");
  });

  it("counts its batches", () => {
    for (const [name, tensor] of model.tensors) {
      if (name.endsWith("num_batches_tracked")) expect([...tensor], name).toEqual([data.steps]);
    }
  });
});
