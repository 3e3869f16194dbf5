import { describe, expect, it } from "vitest";
import { curveLines, curveNote, failureWords } from "../../../demo/lr_finder/curve.ts";
import { lrTexts, parseLrFinder, tidyRate } from "../../../demo/lr_finder/settings.ts";
import { DEFAULT_LR_FINDER_SETTINGS, type LrCurve } from "../../../demo/lr_finder/types.ts";
import { suggestLearningRates } from "../../../src/train/lr_suggestions.ts";

const lrs = Array.from({ length: 80 }, (_, i) => 1e-7 * 10 ** (i / 12));
const curve = (losses: number[], changed: Partial<LrCurve> = {}): LrCurve => ({
  lrs: lrs.slice(0, losses.length),
  losses,
  suggestions: [
    { name: "valley", lr: 0.0123 },
    { name: "steep", lr: 0.1 },
  ],
  batches: 100,
  exploded: true,
  of: "",
  ...changed,
});
const falling = lrs.map((_, i) => (i < 70 ? 2 - i / 50 : 3));

describe("the LR finder's curve", () => {
  it("leaves the first tenth and the last five steps out, as fastai's plot does", () => {
    const { lines, x, marks } = curveLines(curve(falling));
    expect(lines[0].x).toEqual(lrs.slice(8, 75));
    expect(lines[0].y).toEqual(falling.slice(8, 75));
    expect(x).toMatchObject({ log: true, range: [lrs[0], lrs[79]] });
    expect(marks).toEqual([
      { x: 0.0123, label: "valley", colour: "--series-2" },
      { x: 0.1, label: "steep", colour: "--series-3" },
    ]);
  });

  it("has a logarithmic loss only where the losses span a wide range", () => {
    expect(curveLines(curve(falling)).y.log).toBe(false);
    expect(curveLines(curve(falling.map((loss) => loss ** 10))).y.log).toBe(true);
    expect(curveLines(curve(falling.map((loss) => loss - 1))).y.log).toBe(false);
  });

  it("tells the numbers in words too", () => {
    expect(curveLines(curve(falling)).summary).toContain("Suggestions: valley 0.012, steep 0.1.");
  });

  it("says what is odd: few batches, a loss that does not fall, an explosion at once", () => {
    expect(curveNote(curve(falling))).toBe(null);
    expect(curveNote(curve(falling, { batches: 1 }))).toContain("only one batch a pass");
    expect(curveNote(curve(falling, { batches: 3 }))).toContain("only 3 batches a pass");
    expect(curveNote(curve(lrs.map(() => 1)))).toContain("hardly fell");
    expect(curveNote(curve(falling.slice(0, 12)))).toContain("after a few steps");
  });
});

describe("a finder that fails", () => {
  it("says which field to change where the loss blew up at once, else what the library says", () => {
    let message = "";
    try {
      suggestLearningRates([1, 2, 3], [1, Number.NaN, Number.NaN]);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(failureWords(message)).toContain("lower first rate under “Where it looks”");
    expect(failureWords("The GPU device was lost")).toBe("The GPU device was lost");
  });
});

describe("where the LR finder looks", () => {
  it("comes back as it was, and is checked field by field", () => {
    const texts = lrTexts(DEFAULT_LR_FINDER_SETTINGS);
    expect(parseLrFinder(texts)).toEqual({ settings: DEFAULT_LR_FINDER_SETTINGS });
    expect(parseLrFinder({ startLr: "0", endLr: "x", numIt: "5" })).toEqual({
      errors: {
        startLr: "Write a number above 0 and below 1, such as 1e-7.",
        endLr: "Write a number above 0, at most 100, such as 10.",
        numIt: "Write a whole number from 20 to 1,000.",
      },
    });
    expect(parseLrFinder({ ...texts, startLr: "0.5", endLr: "0.5" })).toEqual({
      errors: { endLr: "The last rate must be above the first." },
    });
  });

  it("gives rates in two digits", () => {
    expect([0.0123, 7.6123e-5, 3].map(tidyRate)).toEqual([0.012, 7.6e-5, 3]);
  });
});
