import { describe, expect, it } from "vitest";
import { StepReporter, strideFor } from "../../../demo/training/step_reporter.ts";

const row = (step: number, loss: number) => ({ step, loss, smoothedLoss: loss, lr: step / 10, mom: 0.9 });

describe("what the page hears of steps", () => {
  it("is one step in a stride: at most 500 points, however long the training", () => {
    for (const steps of [1, 499, 500, 501, 1000, 123_456]) {
      const reporter = new StepReporter();
      reporter.onFitBegin({ steps });
      for (let step = 0; step < steps; step++) reporter.onStepEnd(row(step, 1));
      const { step } = reporter.take();
      expect(step.length, `${steps} steps`).toBeLessThanOrEqual(500);
      expect(step.length, `${steps} steps`).toBe(Math.floor(steps / strideFor(steps)));
      expect(step[0]).toBe(strideFor(steps));
    }
  });

  it("is each step once, with its rate and momentum", () => {
    const reporter = new StepReporter();
    reporter.onFitBegin({ steps: 4 });
    expect(reporter.take()).toEqual({ step: [], loss: [], lr: [], mom: [] });
    reporter.onStepEnd(row(0, 2));
    reporter.onStepEnd(row(1, 2));
    expect(reporter.take()).toMatchObject({ step: [1, 2], lr: [0, 0.1], mom: [0.9, 0.9] });
    reporter.onStepEnd(row(2, 2));
    expect(reporter.take()).toMatchObject({ step: [3], lr: [0.2] });
  });

  it("is the loss averaged by its logarithm, right from the first step", () => {
    const reporter = new StepReporter();
    reporter.onFitBegin({ steps: 3 });
    for (const [step, loss] of [8, 2, 0.5].entries()) reporter.onStepEnd(row(step, loss));
    const { loss } = reporter.take();
    const weights = [0.95 ** 2, 0.95, 1];
    const logs = [8, 2, 0.5].map(Math.log);
    const mean = (n: number) => {
      const used = weights.slice(3 - n);
      const sum = used.reduce((total, weight) => total + weight, 0);
      return Math.exp(used.reduce((total, weight, i) => total + weight * logs[i], 0) / sum);
    };
    [1, 2, 3].forEach((n) => {
      expect(loss[n - 1]).toBeCloseTo(mean(n), 12);
    });
  });

  it("stays a number when a step has no loss at all", () => {
    const reporter = new StepReporter();
    reporter.onFitBegin({ steps: 3 });
    for (const [step, loss] of [1, 0, 1].entries()) reporter.onStepEnd(row(step, loss));
    const { loss } = reporter.take();
    expect(loss[0]).toBe(1);
    for (const value of loss) expect(value).toBeGreaterThan(0);
    expect(loss[2]).toBeGreaterThan(loss[1]);
  });
});
