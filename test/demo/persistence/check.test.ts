import { describe, expect, it } from "vitest";
import { DEFAULT_INSIDE_SETTINGS } from "../../../demo/inside/types.ts";
import { DEFAULT_LR_FINDER_SETTINGS } from "../../../demo/lr_finder/types.ts";
import { DEFAULT_MODEL_SETTINGS } from "../../../demo/model/types.ts";
import {
  asComparing,
  asInsideSettings,
  asLrFinderSettings,
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
      expect(asInsideSettings(garbage)).toEqual(DEFAULT_INSIDE_SETTINGS);
      expect(asLrFinderSettings(garbage)).toEqual(DEFAULT_LR_FINDER_SETTINGS);
      expect(asComparing(garbage)).toBeNull();
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
    const inside = { change: "both", layers: [8, 8], lr: 0.02, steps: 50 } as const;
    expect(asInsideSettings(inside)).toEqual(inside);
    const lrFinder = { startLr: 1e-6, endLr: 1, numIt: 200 };
    expect(asLrFinderSettings(lrFinder)).toEqual(lrFinder);
    expect(asComparing({ step: 3, steps: 50 })).toEqual({ step: 3, steps: 50 });
  });

  it("loses only the fields that are wrong", () => {
    expect(asTrainingSettings({ epochs: 2, lr: Number.NaN, bs: "64" })).toEqual({
      ...DEFAULT_TRAINING_SETTINGS,
      epochs: 2,
    });
    expect(asInsideSettings({ change: "none", layers: [8], steps: 20 })).toEqual({
      ...DEFAULT_INSIDE_SETTINGS,
      layers: [8],
      steps: 20,
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
      "cut off",
      "done",
    ]);
    expect(asRuns([run])[0].progress.text).toBe("Cut off before the first steps were done");
    const progress = { ...run.progress, fraction: 0.5 };
    const [half] = asRuns([{ ...run, state: "paused", epochs: 4, steps: 4000, progress }]);
    expect(half.progress.text).toBe("Cut off in epoch 3 of 4, after step 2,000 of 4,000");
    expect(asRuns([half])).toEqual([half]);
  });
});
