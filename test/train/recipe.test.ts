import { describe, expect, it } from "vitest";
import { recipes, v1, v2 } from "../../src/train/recipe.ts";

describe("recipes", () => {
  it("are found by name", () => {
    expect(recipes.v1).toBe(v1);
    expect(recipes.v2).toBe(v2);
    expect([v1.name, v2.name]).toEqual(["v1", "v2"]);
  });

  it("differ exactly where fastai v1 and v2 do", () => {
    const table = Object.entries(v1)
      .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(v2[key as keyof typeof v2]))
      .map(([key, value]) => [key, value, v2[key as keyof typeof v2]]);
    expect(table).toEqual([
      ["name", "v1", "v2"],
      ["layout", "A", "C"],
      ["bnBiasInit", 0, 0.001],
      ["lrDefault", 3e-3, 1e-3],
      ["wdPersists", false, true],
      ["decayAll", true, false],
      ["adamEps", 1e-8, 1e-5],
      ["pctStart", 0.3, 0.25],
      ["divFinal", 2.5e5, 1e5],
      ["divFinalFollowsDiv", true, false],
      ["integerPhases", true, false],
      ["flatCosPctStart", 0.72, 0.75],
      ["flatCosDivFinal", Number.POSITIVE_INFINITY, 1e5],
      ["flatCosMoms", [0.95, 0.85], null],
    ]);
  });

  it("share what both versions do alike", () => {
    for (const recipe of [v1, v2]) {
      expect(recipe).toMatchObject({ wdDefault: 0.01, mom: 0.9, sqrMom: 0.99, div: 25 });
      expect(recipe.moms).toEqual([0.95, 0.85, 0.95]);
    }
  });
});
