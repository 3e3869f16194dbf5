import { describe, expect, it } from "vitest";
import {
  isSuggested,
  parseTraining,
  suggestedSettings,
  trainingTexts,
} from "../../../demo/training/settings.ts";
import { DEFAULT_TRAINING_SETTINGS } from "../../../demo/training/types.ts";

const texts = trainingTexts(DEFAULT_TRAINING_SETTINGS);
const parse = (changed: Partial<typeof texts>, rows: number | null = null) =>
  parseTraining({ ...texts, ...changed }, rows);

describe("the training's settings as they are typed", () => {
  it("come back as they were", () => {
    expect(parse({}, 54_000)).toEqual({ settings: DEFAULT_TRAINING_SETTINGS });
    expect(parse({ lr: "1e-3", wd: "0,1" })).toEqual({
      settings: { ...DEFAULT_TRAINING_SETTINGS, lr: 0.001, wd: 0.1 },
    });
  });

  it("tell every mistake at its field", () => {
    expect(parse({ epochs: "0", bs: "1", lr: "fast", wd: "-1", seed: "4.2" })).toEqual({
      errors: {
        epochs: "Write a whole number from 1 to 500.",
        bs: "Write a whole number from 2 to 8,192.",
        lr: "Write a number above 0, at most 10, such as 0.01.",
        wd: "Write a number from 0 to 10, such as 0.1.",
        seed: "Write a whole number from 0 to 2,147,483,647.",
      },
    });
    for (const lr of ["", "0", "NaN", "Infinity"]) expect(parse({ lr }), lr).toHaveProperty("errors.lr");
  });

  it("allow no batch that is larger than the rows to train on", () => {
    expect(parse({ bs: "276" }, 275)).toEqual({
      errors: { bs: "There are only 275 rows to train on. Write that or less." },
    });
    expect(parse({ bs: "275" }, 275)).toHaveProperty("settings");
  });
});

describe("settings that suit a table's size", () => {
  it("take smaller batches and more epochs for fewer rows, and never a batch larger than the table", () => {
    const all = [100_000, 20_000, 19_999, 2000, 275, 20, 2].map(suggestedSettings);
    expect(all.map(({ bs }) => bs)).toEqual([256, 256, 128, 128, 32, 20, 2]);
    expect(all.map(({ epochs }) => epochs)).toEqual([5, 5, 10, 10, 20, 20, 20]);
    for (const settings of all) expect(isSuggested(settings)).toBe(true);
  });

  it("do not replace what somebody typed", () => {
    expect(isSuggested({ ...DEFAULT_TRAINING_SETTINGS, lr: 0.021 })).toBe(false);
    expect(isSuggested({ ...DEFAULT_TRAINING_SETTINGS, seed: 1 })).toBe(false);
    expect(isSuggested({ ...DEFAULT_TRAINING_SETTINGS, bs: 512 })).toBe(false);
  });
});
