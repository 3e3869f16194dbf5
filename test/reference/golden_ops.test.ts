import { describe, expect, it } from "vitest";
import * as ops from "../../src/cpu/ops/ops.ts";
import { type FixtureTensor, OP_FIXTURES } from "../golden/fixtures.ts";
import { expectClose } from "../support/close.ts";

/** PyTorch's float64 results, written with ten significant digits. */
const tenDigits = (expected: number) => 1e-9 * Math.abs(expected) + 1e-13;

const f64 = (tensor: FixtureTensor) => Float64Array.from(tensor.values);

function compare(actual: Record<string, ArrayLike<number>>, expected: Record<string, FixtureTensor>): void {
  expect(Object.keys(actual).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, { values }] of Object.entries(expected)) {
    expectClose(actual[name], values, tenDigits, name);
  }
}

describe("the reference operations give PyTorch's numbers", () => {
  it.each(["batchnorm_fresh", "batchnorm", "batchnorm_two_rows"])("%s", (name) => {
    const { given, expected } = OP_FIXTURES[name];
    const [batch, features] = given.x.shape;
    const [x, gamma, beta, dY] = [given.x, given.weight, given.bias, given.d_y].map(f64);
    const running = { mean: f64(given.running_mean), var: f64(given.running_var) };
    const trained = ops.batchNormForwardTrain(x, gamma, beta, running, batch, features);
    const d = ops.batchNormBackward(dY, x, gamma, trained.mean, trained.variance, batch, features);
    const after = { mean: trained.runningMean, var: trained.runningVar };
    compare(
      {
        y: trained.y,
        running_mean: after.mean,
        running_var: after.var,
        d_x: d.dX,
        d_weight: d.dGamma,
        d_bias: d.dBeta,
        y_eval: ops.batchNormForwardEval(x, gamma, beta, after, batch, features),
      },
      expected,
    );
  });

  it("linear_relu_batchnorm_dropout", () => {
    const { given, expected } = OP_FIXTURES.linear_relu_batchnorm_dropout;
    const [batch, fanIn] = given.x.shape;
    const fanOut = given.weight.shape[0];
    const [x, weight, bias, gamma, beta, dY] = [
      given.x,
      given.weight,
      given.bias,
      given.bn_weight,
      given.bn_bias,
      given.d_y,
    ].map(f64);
    const mask = ops.dropoutMask(given.keep.values, 0.25);
    const running = { mean: new Float64Array(fanOut), var: new Float64Array(fanOut) };
    const z = ops.linearForward(x, weight, bias, batch, fanIn, fanOut);
    const h = ops.reluForward(z);
    const norm = ops.batchNormForwardTrain(h, gamma, beta, running, batch, fanOut);
    const dNorm = ops.dropoutBackward(dY, mask);
    const d = ops.batchNormBackward(dNorm, h, gamma, norm.mean, norm.variance, batch, fanOut);
    const dZ = ops.reluBackward(d.dX, z);
    compare(
      {
        y: ops.dropoutForward(norm.y, mask),
        d_x: ops.linearBackwardInput(dZ, weight, batch, fanIn, fanOut),
        d_weight: ops.linearBackwardWeight(dZ, x, batch, fanIn, fanOut),
        d_bias: ops.linearBackwardBias(dZ, batch, fanOut),
        d_bn_weight: d.dGamma,
        d_bn_bias: d.dBeta,
      },
      expected,
    );
  });

  it("embedding", () => {
    const { given, expected } = OP_FIXTURES.embedding;
    const batch = given.codes.values.length;
    const sizes = [given.weight.shape as [number, number]];
    const y = ops.embeddingForward(given.codes.values, [f64(given.weight)], sizes, batch);
    const [dWeight] = ops.embeddingBackward(f64(given.d_y), given.codes.values, sizes, batch);
    compare({ y, d_weight: dWeight }, expected);
  });

  it.each(["cross_entropy", "cross_entropy_weighted", "cross_entropy_extreme"])("%s", (name) => {
    const { given, expected } = OP_FIXTURES[name];
    const [batch, nClasses] = given.logits.shape;
    const weight = given.weight?.values ?? null;
    const { loss, dLogits } = ops.crossEntropy(
      f64(given.logits),
      given.targets.values,
      batch,
      nClasses,
      weight,
    );
    compare({ loss: [loss], d_logits: dLogits }, expected);
  });

  it.each([
    ["mse", ops.mse],
    ["bce_with_logits", ops.bceWithLogits],
  ] as const)("%s", (name, lossOf) => {
    const { given, expected } = OP_FIXTURES[name];
    const { loss, dLogits } = lossOf(f64(given.logits), given.targets.values);
    compare({ loss: [loss], d_logits: dLogits }, expected);
  });

  it("y_range", () => {
    const { given, expected } = OP_FIXTURES.y_range;
    const range = given.range.values as [number, number];
    const x = f64(given.x);
    compare({ y: ops.yRangeForward(x, range), d_x: ops.yRangeBackward(f64(given.d_y), x, range) }, expected);
  });

  const adamCases = Object.keys(OP_FIXTURES).filter((name) => name.startsWith("adam"));
  it.each(adamCases)("%s", (name) => {
    const { given, expected } = OP_FIXTURES[name];
    const p = f64(given.p);
    const gradients = f64(given.gradients);
    const [eps, wd] = given.eps_wd.values;
    const state = ops.adamState(p.length);
    const steps = given.lrs.values.flatMap((lr, step) => {
      const gradient = gradients.subarray(step * p.length, (step + 1) * p.length);
      ops.adamStep(p, gradient, state, { lr, mom: given.moms.values[step], sqrMom: 0.99, eps, wd });
      return [...p];
    });
    compare({ p: steps, m: state.m, v: state.v }, expected);
  });

  it("leaves none of them out", () => {
    const tested = [
      "batchnorm",
      "batchnorm_fresh",
      "batchnorm_two_rows",
      "bce_with_logits",
      "cross_entropy",
      "cross_entropy_extreme",
      "cross_entropy_weighted",
      "embedding",
      "linear_relu_batchnorm_dropout",
      "mse",
      "y_range",
    ];
    expect(Object.keys(OP_FIXTURES).toSorted()).toEqual([...adamCases, ...tested].toSorted());
  });
});
