import { describe, expect, it } from "vitest";
import { isForeignRange, modelTexts, parseModel, roomyRange } from "../../../demo/model/settings.ts";
import { DEFAULT_MODEL_SETTINGS } from "../../../demo/model/types.ts";

const texts = modelTexts(DEFAULT_MODEL_SETTINGS);
const parse = (changed: Partial<typeof texts>) =>
  parseModel({ ...texts, ...changed }, DEFAULT_MODEL_SETTINGS);

describe("the model's settings as they are typed", () => {
  it("come back as they were, and keep what the fields do not hold", () => {
    const settings = {
      ...DEFAULT_MODEL_SETTINGS,
      ps: [0.1, 0.25],
      yRange: [-1, 12.5] as const,
      useBn: false,
    };
    expect(parseModel(modelTexts(settings), settings)).toEqual({ settings });
  });

  it("may have commas, semicolons or blanks between the layers", () => {
    for (const layers of ["64,32", "64; 32", " 64  32 "]) {
      expect(parse({ layers })).toEqual({ settings: { ...DEFAULT_MODEL_SETTINGS, layers: [64, 32] } });
    }
  });

  it("tell every mistake at its field", () => {
    expect(parse({ layers: "200, x", ps: "1", embDrop: "-0.1", low: "3", high: "2" })).toEqual({
      errors: {
        layers: "Write whole numbers from 1 to 2,048 with commas between them, such as 200, 100.",
        ps: "Write numbers from 0 to below 1, such as 0.1, or 0.1, 0.2 for each layer its own.",
        embDrop: "Write a number from 0 to below 1, such as 0.05.",
        high: "The highest output must be above the lowest.",
      },
    });
    for (const layers of ["", "0", "2049", "1.5", "1e2"])
      expect(parse({ layers })).toHaveProperty("errors.layers");
    expect(parse({ layers: "1 2 3 4 5 6 7 8 9" })).toEqual({
      errors: { layers: "These are 9 layers; at most 8 fit here." },
    });
    expect(parse({ layers: "8, 8, 8", ps: "0.1, 0.2" })).toEqual({
      errors: { ps: "These are 2 numbers for 3 hidden layers. Write one for all, or one each." },
    });
    expect(parse({ low: "1" })).toEqual({ errors: { high: "Write a number, or leave both fields empty." } });
    expect(parse({ high: "1" })).toEqual({ errors: { low: "Write a number, or leave both fields empty." } });
  });

  it("take a decimal comma", () => {
    expect(parse({ embDrop: "0,05", low: "0,5", high: "2" })).toEqual({
      settings: { ...DEFAULT_MODEL_SETTINGS, embDrop: 0.05, yRange: [0.5, 2] },
    });
  });
});

describe("a range a little wider than the target's", () => {
  it("holds the target with room, in few digits, and stays positive where the target is", () => {
    expect(roomyRange([6.1542, 10.21])).toEqual([5.7, 10.7]);
    expect(roomyRange([0, 100])).toEqual([0, 110]);
    expect(roomyRange([-50, 50])).toEqual([-60, 60]);
    const [low, high] = roomyRange([7, 7]);
    expect([low < 7, high > 7]).toEqual([true, true]);
  });
});

describe("a range of outputs under another target", () => {
  it.each([
    ["of a logarithm, for the numbers themselves", [5.7, 10.7], [472, 27_190], [6.15, 10.21], true],
    [
      "proposed for the numbers, for their logarithm, which it covers",
      [0, 30_000],
      [6.1, 10.2],
      [472, 27_190],
      true,
    ],
    ["typed, and wide enough", [0, 50], [6.1, 10.2], [472, 27_190], false],
    ["proposed before, and what would be proposed now", [0, 110], [0, 100], [0, 100], false],
    ["too low a top", [0, 10], [6.1, 10.2], null, true],
    ["too high a bottom", [6.5, 11], [6.1, 10.2], null, true],
    ["that just reaches", [6.1, 10.2], [6.1, 10.2], null, false],
  ] as const)("%s", (_, range, seen, before, foreign) => {
    expect(isForeignRange(range, seen, before)).toBe(foreign);
  });
  it("takes the proposal of before for foreign", () => {
    expect(roomyRange([472, 27_190])).toEqual([0, 30_000]);
  });
});
