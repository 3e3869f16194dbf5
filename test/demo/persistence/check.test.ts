import { describe, expect, it } from "vitest";
import { DEFAULT_MODEL_SETTINGS } from "../../../demo/model/types.ts";
import {
  asModelSettings,
  asPlan,
  asRuns,
  asSource,
  asTrainingSettings,
} from "../../../demo/persistence/check.ts";
import { newRun } from "../../../demo/training/runs.ts";
import { DEFAULT_TRAINING_SETTINGS } from "../../../demo/training/types.ts";

const GARBAGE = [undefined, null, 3, "text", [], {}, { kind: "file", file: "a.csv" }, { roles: 1 }];

describe("what was kept", () => {
  it("is nothing where it is not understood", () => {
    for (const garbage of GARBAGE) {
      expect(asSource(garbage)).toBeNull();
      expect(asPlan(garbage)).toBeNull();
      expect(asRuns(garbage)).toEqual([]);
      expect(asModelSettings(garbage)).toEqual(DEFAULT_MODEL_SETTINGS);
      expect(asTrainingSettings(garbage)).toEqual(DEFAULT_TRAINING_SETTINGS);
    }
  });

  it("comes back as it was", () => {
    const file = new File(["a"], "a.csv");
    expect(asSource({ kind: "file", file })).toEqual({ kind: "file", file });
    expect(asSource({ kind: "sample" })).toEqual({ kind: "sample" });
    const settings = { ...DEFAULT_MODEL_SETTINGS, layers: [8], yRange: [0, 2] as const, useBn: false };
    expect(asModelSettings(settings)).toEqual(settings);
    const training = { epochs: 2, bs: 64, lr: 0.1, wd: 0, seed: 7 };
    expect(asTrainingSettings(training)).toEqual(training);
  });

  it("loses only the fields that are wrong", () => {
    expect(asTrainingSettings({ epochs: 2, lr: Number.NaN, bs: "64" })).toEqual({
      ...DEFAULT_TRAINING_SETTINGS,
      epochs: 2,
    });
    expect(asModelSettings({ layers: ["200"], yRange: [0], useBn: false })).toMatchObject({
      layers: DEFAULT_MODEL_SETTINGS.layers,
      yRange: null,
    });
  });

  it("has no run under way: the page that ran it is gone", () => {
    const learned = { target: "ln sales", task: "regression", table: "Store sales", heldOut: "" } as const;
    const run = { ...newRun(1, DEFAULT_MODEL_SETTINGS, DEFAULT_TRAINING_SETTINGS, learned), name: "mine" };
    expect(asRuns([{ ...run, state: "done" }])).toEqual([{ ...run, state: "done" }]);
    expect(
      asRuns([
        { ...run, train: {} },
        { ...run, state: "flying" },
      ]),
    ).toEqual([]);
    expect(asRuns([run, { ...run, id: 2, state: "done" }, "garbage"]).map(({ state }) => state)).toEqual([
      "stopped",
      "done",
    ]);
  });
});
