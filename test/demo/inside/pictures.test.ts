import { describe, expect, it } from "vitest";
import { figure, lossFigure, share } from "../../../demo/inside/figures.ts";
import { heatColour, logShare } from "../../../demo/inside/heat_colours.ts";
import { heatWords, middleWords } from "../../../demo/inside/heat_words.ts";
import { layerAt, levels, levelsOf } from "../../../demo/inside/layers.ts";
import { layerLines, lossLines, sharedRange } from "../../../demo/inside/lines.ts";
import { comparison, layer, look } from "./comparison.ts";

describe("the layers of a look", () => {
  it("are the continuous columns and the hidden layers, not the output", () => {
    expect(levels(comparison()).map(({ name }) => name)).toEqual([
      "Continuous columns",
      "Layer 1",
      "Layer 2",
      "Layer 3",
    ]);
    expect(levelsOf(undefined)).toEqual([]);
  });

  it("are seen after their ReLU or after their BatchNorm, where they have one", () => {
    const withNorm = look(1, [2, 3], { norm: [1, 1] });
    expect(layerAt(withNorm, 2, "relu")?.std).toBe(3);
    expect(layerAt(withNorm, 2, "handed")?.std).toBe(1);
    const without = look(1, [2, 3]);
    expect(layerAt(without, 2, "handed")?.std).toBe(3);
    expect(layerAt(without, 0, "relu")?.kind).toBe("continuous");
    expect(layerAt(without, 7, "relu")).toBeUndefined();
  });
});

describe("lines", () => {
  it("of both models have one range, without what is no number", () => {
    const odd = comparison({ without: [look(0, [0.1, 0.1, 0.1]), look(9, [1e6, 0, Number.NaN])] });
    expect(sharedRange(odd, "std", "handed")).toEqual([1e-3 / 1.3, 1e6 * 1.3]);
    expect(sharedRange(odd, "nearZero", "handed")).toEqual([0, 1.02]);
    expect(sharedRange(odd, "mean", "handed")).toEqual([-0.6, 4.1]);
    const lines = layerLines(odd, "without", "std", "handed").lines;
    expect(lines.map(({ end }) => end)).toEqual(["c", "1", "2", "3"]);
    expect(lines[1].y).toEqual([0.1, 1e6]);
    expect(lines[2].y).toEqual([0.1, 1e-3]);
    expect(lines[3].x).toEqual([0]);
  });

  it("are told in words", () => {
    expect(layerLines(comparison(), "without", "std", "handed").summary).toContain(
      "without BatchNorm after the hidden layers. Latest: continuous columns 1.00, layer 1 0.50, layer 2 5.00, layer 3 50.0.",
    );
    expect(lossLines(comparison()).summary).toContain("with BatchNorm 0.00500, without 0.00500");
  });
});

describe("heat maps", () => {
  it("have colours whose lightness runs one way, the many standing out from the ground", () => {
    for (const theme of ["light", "dark"] as const) {
      const light = Array.from({ length: 33 }, (_, i) => {
        const [r, g, b] = heatColour(i / 32, theme);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      });
      const sorted = light.toSorted((a, b) => (theme === "light" ? b - a : a - b));
      expect(light).toEqual(sorted);
      expect(Math.abs(light[32] - light[0])).toBeGreaterThan(150);
    }
    expect(heatColour(-1, "dark")).toEqual([68, 1, 84]);
    expect(heatColour(2, "light")).toEqual([68, 1, 84]);
  });

  it("count on a log scale", () => {
    expect([logShare(0, 100), logShare(100, 100), logShare(0, 0)]).toEqual([0, 1, 0]);
    expect(logShare(9, 99)).toBeCloseTo(0.5, 12);
  });

  it("are told in words: where most of the values lie", () => {
    const counts = (values: number[]) => ({ counts: Uint32Array.from(values), below: 0, above: 0 });
    const ten = counts([0, 0, 0, 0, 0, 90, 10, 0, 0, 0]); // from -5 to 5
    expect(middleWords(ten)).toBe("most lie between 0 and 2");
    expect(middleWords({ ...ten, above: 1000 })).toBe("most lie between 0 and above 5");
    expect(middleWords({ ...counts([0, 0]), below: 3 })).toBe("most lie below −5");
    expect(middleWords({ ...counts([0, 0]), above: 3 })).toBe("most lie above 5");
    expect(middleWords(counts([0, 0]))).toBe("there are none");
    expect(heatWords("Layer 1", "with BatchNorm", [ten, layer("relu", 1)])).toBe(
      "Layer 1, with BatchNorm: of the activations most lie between 0 and 2 at the start, " +
        "most lie between −5 and 5 at the end.",
    );
    expect(heatWords("Layer 1", "with BatchNorm", [])).toContain("nothing seen yet");
  });
});

describe("numbers", () => {
  it("show the digits that matter", () => {
    const told = [0, 0.001, -0.46, 13.04, 24_431, 2.5e10, Number.NaN, Number.POSITIVE_INFINITY].map(figure);
    expect(told).toEqual(["0.00", "0.00", "−0.46", "13.0", "24,400", "2.5e10", "–", "–"]);
    expect([0.04, 6.576, 1234, 0.00012, Number.NaN].map(lossFigure)).toEqual([
      "0.0400",
      "6.58",
      "1,230",
      "1.2e−4",
      "–",
    ]);
    expect([0.514, Number.NaN].map(share)).toEqual(["51\u00a0%", "–"]);
  });
});
