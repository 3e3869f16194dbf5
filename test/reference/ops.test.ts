import { describe, expect, it } from "vitest";
import * as ops from "../../src/cpu/ops/ops.ts";
import { randomCodes } from "../../src/doctor/random_arrays.ts";
import { OptionError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import { centralDifferences } from "../support/central_differences.ts";
import { expectClose } from "../support/close.ts";
import { dot, randomNormal } from "../support/random_arrays.ts";

const BOUND = 1e-7; // of central differences with h = 1e-5 on values of order one

describe("embedding", () => {
  const sizes = [
    [3, 2],
    [4, 1],
  ] as const;

  it("lays the looked-up rows side by side", () => {
    const weights = [new Float64Array([0, 1, 10, 11, 20, 21]), new Float64Array([5, 6, 7, 8])];
    expect([...ops.embeddingForward([2, 0, 1, 3], weights, sizes, 2)]).toEqual([20, 21, 5, 10, 11, 8]);
  });

  it("adds up the gradients of a row named twice and leaves the others zero", () => {
    const dY = new Float64Array([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const [first, second] = ops.embeddingBackward(dY, [1, 3, 0, 3, 1, 0], sizes, 3);
    expect([...first]).toEqual([4, 5, 8, 10, 0, 0]);
    expect([...second]).toEqual([9, 0, 0, 9]);
  });

  it("has the gradient that central differences find", () => {
    const random = new Random(1);
    const weights = sizes.map(([n, dim]) => randomNormal(random, n * dim));
    const codes = randomCodes(random, sizes, 5);
    const dY = randomNormal(random, 15);
    const f = () => dot(ops.embeddingForward(codes, weights, sizes, 5), dY);
    ops.embeddingBackward(dY, codes, sizes, 5).forEach((gradient, column) => {
      expectClose(gradient, centralDifferences(f, weights[column]), BOUND, `table ${column}`);
    });
  });
});

describe("linear", () => {
  it("is x · weightᵀ + bias", () => {
    const x = new Float64Array([1, 2, 3, 4]);
    const weight = new Float64Array([1, 10, 2, 20, 3, 30]);
    expect([...ops.linearForward(x, weight, null, 2, 2, 3)]).toEqual([21, 42, 63, 43, 86, 129]);
    const bias = new Float64Array([0.5, 0, -1]);
    expect([...ops.linearForward(x, weight, bias, 2, 2, 3)]).toEqual([21.5, 42, 62, 43.5, 86, 128]);
  });

  it("has the gradients that central differences find", () => {
    const random = new Random(2);
    const [batch, fanIn, fanOut] = [5, 3, 4];
    const x = randomNormal(random, batch * fanIn);
    const weight = randomNormal(random, fanOut * fanIn);
    const bias = randomNormal(random, fanOut);
    const dY = randomNormal(random, batch * fanOut);
    const f = () => dot(ops.linearForward(x, weight, bias, batch, fanIn, fanOut), dY);
    const dX = ops.linearBackwardInput(dY, weight, batch, fanIn, fanOut);
    const dWeight = ops.linearBackwardWeight(dY, x, batch, fanIn, fanOut);
    expectClose(dX, centralDifferences(f, x), BOUND, "d_x");
    expectClose(dWeight, centralDifferences(f, weight), BOUND, "d_weight");
    expectClose(ops.linearBackwardBias(dY, batch, fanOut), centralDifferences(f, bias), BOUND, "d_bias");
  });
});

describe("relu", () => {
  it("keeps what is positive, with slope 0 at 0", () => {
    const x = new Float64Array([-2, -0, 0, 0.5, 3]);
    expect([...ops.reluForward(x)]).toEqual([0, 0, 0, 0.5, 3]);
    expect([...ops.reluBackward(new Float64Array([1, 2, 3, 4, 5]), x)]).toEqual([0, 0, 0, 4, 5]);
  });

  it("has the gradient that central differences find", () => {
    const random = new Random(3);
    const x = randomNormal(random, 20); // none within 1e-5 of the kink
    const dY = randomNormal(random, 20);
    const numeric = centralDifferences(() => dot(ops.reluForward(x), dY), x);
    expectClose(ops.reluBackward(dY, x), numeric, BOUND);
  });
});

describe("dropout", () => {
  it("scales what is kept by 1 / (1 − p), in both directions", () => {
    const mask = ops.dropoutMask([1, 0, 1, 1], 0.75);
    expect([...ops.dropoutForward(new Float64Array([1, 2, 3, -4]), mask)]).toEqual([4, 0, 12, -16]);
    expect([...ops.dropoutBackward(new Float64Array([1, 2, 3, -4]), mask)]).toEqual([4, 0, 12, -16]);
  });
});

describe("batchNorm", () => {
  const ones = new Float64Array([1]);
  const zeros = new Float64Array([0]);
  const x = new Float64Array([1, 2, 4, 7]);

  it("is PyTorch's on [1, 2, 4, 7]", () => {
    const fresh = { mean: zeros, var: ones };
    const trained = ops.batchNormForwardTrain(x, ones, zeros, fresh, 4, 1);
    const float32 = (expected: number) => 1e-6 * Math.abs(expected); // PyTorch's numbers are float32
    expectClose(trained.y, [-1.09108841, -0.65465301, 0.21821773, 1.52752388], float32, "y");
    expectClose([trained.runningMean[0], trained.runningVar[0]], [0.35, 1.6], 1e-15, "running");
    const running = { mean: trained.runningMean, var: trained.runningVar };
    const evaluated = ops.batchNormForwardEval(x, ones, zeros, running, 4, 1);
    expectClose(evaluated, [0.51386857, 1.30443549, 2.88556957, 5.25727034], float32, "y_eval");
  });

  it("has the gradients that central differences find", () => {
    const random = new Random(4);
    const [batch, features] = [7, 3];
    const input = randomNormal(random, batch * features);
    const gamma = randomNormal(random, features);
    const beta = randomNormal(random, features);
    const dY = randomNormal(random, batch * features);
    const running = { mean: new Float64Array(features), var: new Float64Array(features) };
    const forward = () => ops.batchNormForwardTrain(input, gamma, beta, running, batch, features);
    const { mean, variance } = forward();
    const { dX, dGamma, dBeta } = ops.batchNormBackward(dY, input, gamma, mean, variance, batch, features);
    const f = () => dot(forward().y, dY);
    expectClose(dX, centralDifferences(f, input), BOUND, "d_x");
    expectClose(dGamma, centralDifferences(f, gamma), BOUND, "d_gamma");
    expectClose(dBeta, centralDifferences(f, beta), BOUND, "d_beta");
  });

  it("refuses to train on one row", () => {
    expect(() => ops.batchNormForwardTrain(ones, ones, zeros, { mean: zeros, var: ones }, 1, 1)).toThrow(
      new OptionError(
        "BatchNorm got a training batch of 1 row; it needs at least 2 to have a variance. Use a larger batch size.",
      ),
    );
  });
});

describe("losses", () => {
  const random = new Random(5);
  const logits = randomNormal(random, 12);

  it("mse is the mean of squares, after y_range", () => {
    expect(ops.mse(new Float64Array([1, 2]), [0, 4]).loss).toBe(2.5);
    expect(ops.mse(new Float64Array([0, 0]), [1, 4], [0, 6]).loss).toBe(2.5); // sigmoid(0) = ½ → 3
  });

  it.each([[null], [[-1, 3]]] as const)("mse with y_range %j has the gradient", (yRange) => {
    const targets = randomNormal(random, 12);
    const numeric = centralDifferences(() => ops.mse(logits, targets, yRange).loss, logits);
    expectClose(ops.mse(logits, targets, yRange).dLogits, numeric, BOUND);
  });

  it("cross-entropy of equal logits is ln(classes), and is right far from 0", () => {
    const equal = ops.crossEntropy(new Float64Array(4).fill(7), [2], 1, 4);
    expectClose([equal.loss], [Math.log(4)], 1e-15);
    expect(ops.crossEntropy(new Float64Array([1000, 0]), [0], 1, 2).loss).toBe(0);
    expect(ops.crossEntropy(new Float64Array([1000, 0]), [1], 1, 2).loss).toBe(1000);
  });

  it("cross-entropy has the gradient", () => {
    const classes = [2, 0, 1, 1];
    const numeric = centralDifferences(() => ops.crossEntropy(logits, classes, 4, 3).loss, logits);
    expectClose(ops.crossEntropy(logits, classes, 4, 3).dLogits, numeric, BOUND);
  });

  it("cross-entropy with class weights is the weighted mean, and has the gradient", () => {
    const classes = [2, 0, 1, 1];
    const weight = [0.5, 2, 1.25];
    const rowLoss = (b: number) =>
      ops.crossEntropy(logits.subarray(3 * b, 3 * b + 3), [classes[b]], 1, 3).loss;
    const expected = (1.25 * rowLoss(0) + 0.5 * rowLoss(1) + 2 * rowLoss(2) + 2 * rowLoss(3)) / 5.75;
    const f = () => ops.crossEntropy(logits, classes, 4, 3, weight);
    expectClose([f().loss], [expected], 1e-15);
    expectClose(
      f().dLogits,
      centralDifferences(() => f().loss, logits),
      BOUND,
    );
  });

  it("BCE with logits of 0 is ln 2, and is right far from 0", () => {
    expectClose([ops.bceWithLogits(new Float64Array([0, 0]), [0, 1]).loss], [Math.LN2], 1e-15);
    expect(ops.bceWithLogits(new Float64Array([1000, -1000]), [0, 1]).loss).toBe(1000);
    expect(ops.bceWithLogits(new Float64Array([1000, -1000]), [1, 0]).loss).toBe(0);
  });

  it("BCE with logits has the gradient", () => {
    const targets = logits.map((_, i) => i % 2);
    const numeric = centralDifferences(() => ops.bceWithLogits(logits, targets).loss, logits);
    expectClose(ops.bceWithLogits(logits, targets).dLogits, numeric, BOUND);
  });
});

describe("adamStep from p = 1 with gradients 0.1, −0.2, 0.3", () => {
  function run(hypers: ops.AdamHyper[]): number[] {
    const p = new Float64Array([1]);
    const state = ops.adamState(1);
    return [0.1, -0.2, 0.3].map((gradient, step) => {
      ops.adamStep(p, new Float64Array([gradient]), state, hypers[step]);
      return p[0];
    });
  }
  const v2 = { lr: 0.01, mom: 0.9, sqrMom: 0.99, eps: 1e-5, wd: 0.01 };

  it("is fastai v2's", () => {
    expectClose(run([v2, v2, v2]), [0.989901, 0.993457856, 0.989935097], 5e-10);
  });

  it("is fastai v2's without weight decay", () => {
    const hyper = { ...v2, wd: 0 };
    expectClose(run([hyper, hyper, hyper]), [0.990001, 0.993656846, 0.990233433], 5e-10);
  });

  it("is fastai v1's", () => {
    const hyper = { ...v2, eps: 1e-8 };
    expectClose(run([hyper, hyper, hyper]), [0.989900001, 0.993457088, 0.989934171], 5e-10);
  });

  it("takes the momentum and the rate of each step, in the bias correction too", () => {
    const hypers = [
      { ...v2, mom: 0.95, lr: 1e-3 },
      { ...v2, mom: 0.9, lr: 5e-3 },
      { ...v2, mom: 0.85, lr: 1e-2 },
    ];
    expectClose(run(hypers), [0.9989901, 1.00151586, 0.997608959], 5e-10);
  });
});
