import { describe, expect, it } from "vitest";
import type { DataInfo } from "../../../demo/data/types.ts";
import { DEFAULT_MODEL_SETTINGS } from "../../../demo/model/types.ts";
import { bestRuns, comparableRuns, learnedOf, learnedWords, unitOf } from "../../../demo/training/learned.ts";
import { newRun } from "../../../demo/training/runs.ts";
import { DEFAULT_TRAINING_SETTINGS, type Learned, type Run } from "../../../demo/training/types.ts";

const info = {
  target: "sales",
  task: "regression",
  logTarget: true,
  trainRows: 54_000,
  validRows: 6000,
} as DataInfo;
const inLog = learnedOf(info, { kind: "last", fraction: 0.1, by: null }, "Store sales");
const inEuros = learnedOf(
  { ...info, logTarget: false },
  { kind: "last", fraction: 0.1, by: null },
  "Store sales",
);
const classes = learnedOf(
  { ...info, target: "rating", logTarget: false, task: "classification" },
  { kind: "random", fraction: 0.1 },
  "shops.csv",
);

const run = (
  id: number,
  learned: Learned,
  metrics: Record<string, number>,
  state: Run["state"] = "done",
): Run => ({
  ...newRun(id, DEFAULT_MODEL_SETTINGS, DEFAULT_TRAINING_SETTINGS, learned),
  metrics,
  state,
});

describe("what a run learned", () => {
  it("is told with its table and the rows that its scores are of", () => {
    expect([learnedWords(inLog), inLog.heldOut]).toEqual([
      "ln sales of Store sales",
      "the last 6,000 of 60,000 rows",
    ]);
    expect([learnedWords(classes), classes.heldOut]).toEqual([
      "rating (classes) of shops.csv",
      "6,000 of 60,000 rows, drawn at random",
    ]);
    expect(learnedOf(info, { kind: "last", fraction: 0.1, by: "Date" }).heldOut).toContain("rows by Date");
    expect(learnedOf({ ...info, validRows: 0 }, { kind: "random", fraction: 0.1 }).heldOut).toBe("");
  });

  it("gives every score its unit", () => {
    expect(unitOf("rmse", inLog)).toBe("ln sales");
    expect(unitOf("rmse", inEuros)).toBe("sales");
    expect(unitOf("valid_loss", inLog)).toBe("(ln sales)²");
    expect(unitOf("valid_loss", inEuros)).toBe("sales²");
    expect(unitOf("valid_loss", classes)).toBe("cross-entropy");
    expect(unitOf("exp_rmspe", inLog)).toBe("relative");
  });
});

describe("runs that compare", () => {
  it("are those of one target, scale, task, table and held-out rows", () => {
    const others: Learned[] = [
      inEuros,
      { ...inEuros, task: "classification" },
      { ...inLog, table: "other.csv" },
      { ...inLog, heldOut: "6,000 of 60,000 rows, drawn at random" },
    ];
    const all = [
      run(1, inLog, {}),
      ...others.map((learned, i) => run(i + 2, learned, {})),
      run(9, { ...inLog }, {}),
    ];
    expect(comparableRuns(all).map((group) => group.map(({ id }) => id))).toEqual([
      [1, 9],
      [2],
      [3],
      [4],
      [5],
    ]);
  });

  it("have a best one for each score, by its direction, once two have ended", () => {
    const metrics = { valid_loss: 0.02, r2_score: 0.9 };
    const one = run(1, inLog, metrics);
    const two = run(2, inLog, { valid_loss: 0.03, r2_score: 0.95 }, "stopped");
    expect(bestRuns([one, two], "valid_loss")).toEqual(new Set([1]));
    expect(bestRuns([one, two], "r2_score")).toEqual(new Set([2]));
    expect(bestRuns([one], "r2_score").size).toBe(0);
    expect(bestRuns([one, { ...two, state: "running" }], "r2_score").size).toBe(0);
    expect(bestRuns([one, { ...two, state: "cut off" }], "r2_score").size).toBe(0);
    expect(bestRuns([one, run(3, inLog, metrics)], "r2_score").size).toBe(0);
    expect(bestRuns([one, run(3, inLog, { valid_loss: Number.NaN })], "valid_loss").size).toBe(0);
  });
});
