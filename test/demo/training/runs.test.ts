import { describe, expect, it } from "vitest";
import { DEFAULT_MODEL_SETTINGS } from "../../../demo/model/types.ts";
import { lossLines, scheduleLines, scoresOf } from "../../../demo/training/run_charts.ts";
import { afterEnd, afterEvent, afterFailure, newRun, runName } from "../../../demo/training/runs.ts";
import {
  DEFAULT_TRAINING_SETTINGS,
  type Learned,
  type Run,
  type StepBlock,
  type TrainingEvent,
} from "../../../demo/training/types.ts";

const LEARNED: Learned = { target: "y", task: "regression", table: "", heldOut: "" };
const settings = { ...DEFAULT_TRAINING_SETTINGS, epochs: 2 };
const block = (step: number[], loss: number[]): StepBlock => {
  return { step, loss, lr: step.map((k) => k / 100), mom: step.map(() => 0.9) };
};
const progress = (epoch: number, step: number, phase: "train" | "valid" = "train") => {
  return { phase, epoch, epochs: 2, step, steps: 10, rowsPerSecond: 1234, secondsLeft: 5, trainLoss: 1 };
};
const epochRow = (epoch: number, validLoss: number | null) => {
  const metrics: Record<string, number> = validLoss === null ? {} : { rmse: 2 * validLoss };
  return { epoch, trainLoss: 1, validLoss, metrics, seconds: 3, rowsPerSecond: 1234 };
};
const events: TrainingEvent[] = [
  { kind: "compile", done: 3, total: 9 },
  { kind: "begin", epochs: 2, steps: 20, best: null },
  { kind: "progress", progress: progress(0, 5), block: block([1, 2, 3, 4, 5], [9, 8, 7, 6, 5]) },
  { kind: "epoch", row: epochRow(0, 4) },
  { kind: "progress", progress: progress(1, 5), block: block([15], [2]) },
];
const begun = (id = 1): Run => newRun(id, DEFAULT_MODEL_SETTINGS, settings, LEARNED);
const halfway = (id = 1) => events.reduce(afterEvent, begun(id));

describe("a run", () => {
  it("grows by what the worker tells, each time as a new object", () => {
    const first = begun();
    expect(afterEvent(first, events[0]).progress.text).toBe("Compiling shaders: 3 of 9");
    const run = halfway();
    expect(first.train.step).toEqual([]);
    expect(run.train).toEqual({ step: [1, 2, 3, 4, 5, 15], loss: [9, 8, 7, 6, 5, 2] });
    expect(run.valid).toEqual({ step: [10], loss: [4] });
    expect(run.schedule.lr).toEqual([0.01, 0.02, 0.03, 0.04, 0.05, 0.15]);
    expect(run.progress.fraction).toBe(0.75);
    expect(run.progress.text).toBe("Epoch 2 of 2 · 1,234 rows/s · 5\u00a0s left");
    const validating = afterEvent(run, {
      kind: "progress",
      progress: progress(1, 1, "valid"),
      block: block([], []),
    });
    expect(validating.progress.text).toBe("Epoch 2 of 2, validating · 1,234 rows/s · 5\u00a0s left");
    expect(validating.train).toBe(run.train);
  });

  it("pauses, goes on, and ends with its last steps and the model's scores", () => {
    const paused = afterEvent(halfway(), { kind: "paused" });
    expect([paused.state, paused.progress.text]).toEqual(["paused", "Paused at 75\u00a0%"]);
    const on = afterEvent(paused, { kind: "progress", progress: progress(1, 6), block: block([16], [1.5]) });
    expect(on.state).toBe("running");
    const current = { metrics: { valid_loss: 3 } } as unknown as NonNullable<
      Parameters<typeof afterEnd>[1]["current"]
    >;
    const done = afterEnd(on, { stopped: false, current, block: block([20], [1]) });
    expect([done.state, done.progress.fraction, done.progress.text]).toEqual([
      "done",
      1,
      "1 epoch in 3\u00a0s",
    ]);
    expect(done.train.step.at(-1)).toBe(20);
    expect(scoresOf(done)).toEqual({ valid_loss: 3 });
    const stopped = afterEnd(on, { stopped: true, current: null, block: block([], []) });
    expect([stopped.state, stopped.progress.text]).toEqual(["stopped", "Stopped after 1 epoch"]);
    const begun = newRun(1, DEFAULT_MODEL_SETTINGS, settings, LEARNED);
    const early = afterEnd(begun, { stopped: true, current: null, block: block([1, 2, 7], [3, 2, 1]) });
    expect(early.progress.text).toBe("Stopped after 7 steps");
    const none = afterEnd(begun, { stopped: true, current: null, block: block([], []) });
    expect(none.progress.text).toBe("Stopped before the first steps were done");
    expect(stopped.progress.fraction).toBe(0.8);
    expect(scoresOf(stopped)).toEqual({ valid_loss: 4, rmse: 8 });
  });

  it("keeps what it had when it fails", () => {
    const failed = afterFailure(halfway(), "Training diverged");
    expect([failed.state, failed.message]).toEqual(["failed", "Training diverged"]);
    expect(failed.train).toEqual(halfway().train);
  });

  it("is named by what tells it from others", () => {
    const model = DEFAULT_MODEL_SETTINGS;
    expect(runName(model, settings)).toBe("200, 100 · lr 0.02");
    expect(runName({ ...model, useBn: false, bnCont: false }, { ...settings, seed: 7 })).toBe(
      "200, 100 · lr 0.02 · no BatchNorm · seed 7",
    );
    expect(runName({ ...model, ps: [0, 0.1] }, settings)).toBe("200, 100 · lr 0.02 · dropout");
  });
});

describe("the charts of runs", () => {
  it("show one run in the colours of training and validation, over epochs", () => {
    const { lines, x, level } = lossLines([halfway()]);
    expect(lines.map(({ label, colour }) => [label, colour])).toEqual([
      ["training", "--training"],
      ["validation", "--validation"],
    ]);
    expect(lines[0].x).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 1.5]);
    expect(lines[1].x).toEqual([1]);
    expect(x.range).toEqual([0, 2]);
    expect(level).toBe(undefined);
  });

  it("give each of several runs a colour, a number at its end, and room for the longest", () => {
    const longer = { ...halfway(2), epochs: 5 };
    const { lines, x, summary } = lossLines([halfway(1), longer]);
    expect(new Set(lines.map(({ colour }) => colour))).toEqual(new Set(["--series-1", "--series-2"]));
    expect(lines.map(({ end }) => end)).toEqual([undefined, "1", undefined, "2"]);
    expect(lines.filter(({ dash }) => dash).length).toBe(2);
    expect(x.range).toEqual([0, 5]);
    // What was stopped at step 15 of 20, in the second of its 2 epochs, needs no more than these.
    expect(lossLines([{ ...halfway(1), state: "stopped" }]).x.range).toEqual([0, 2]);
    expect(lossLines([{ ...halfway(1), epochs: 20, state: "stopped" }]).x.range).toEqual([0, 15]);
    expect(summary).toContain("Run 2, 200, 100 · lr 0.02: training loss 2.0000, validation loss 4.0000.");
  });

  it("leave the first steps' losses out of the range once enough others are drawn, and take the noise in", () => {
    const steps = Array.from({ length: 20 }, (_, i) => i + 1);
    const long = afterEvent(afterEvent(begun(), { kind: "begin", epochs: 2, steps: 20, best: null }), {
      kind: "progress",
      progress: progress(1, 10),
      block: block(
        steps,
        steps.map((step) => (step <= 3 ? 1000 : 2)),
      ),
    });
    expect(lossLines([long]).y.range![1]).toBe(2.5);
    expect(lossLines([{ ...long, train: { step: [1, 2], loss: [1000, 900] } }]).y.range![1]).toBe(1250);
    const best = { metric: "rmse", value: 0.1, loss: 0.01 };
    const noisy = lossLines([{ ...long, best }]);
    expect(noisy.y.range![0]).toBeLessThan(0.01);
    expect(noisy.level?.y).toBe(0.01);
    expect(lossLines([begun()]).y.range).toEqual([0.1, 1]);
  });

  it("show the schedule step by step", () => {
    const { lines, x } = scheduleLines(halfway());
    expect(lines.map(({ right }) => right ?? false)).toEqual([false, true]);
    expect(lines[0].y.at(-1)).toBe(0.15);
    expect(x.range).toEqual([0, 20]);
  });
});
