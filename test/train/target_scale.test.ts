import { describe, expect, it } from "vitest";
import { TabularData, type TabularDataOptions } from "../../src/data/tabular_data.ts";
import { targetScaleWarning } from "../../src/train/target_scale.ts";
import { numbers, tableOf } from "../data/columns.ts";

function dataOf(target: number[], options: Partial<TabularDataOptions> = {}): TabularData {
  const table = tableOf(
    numbers(
      "x",
      target.map((_, i) => i + 0.5),
    ),
    numbers("y", target),
  );
  return TabularData.from(table, { continuous: ["x"], target: "y", valid: { last: 1 }, ...options });
}

// The last row is held out: it must not count.
const prices = [200_000.5, 300_000, 400_000, 500_000, 9e9];

describe("targetScaleWarning", () => {
  it("gives computed bounds for a large positive target, as it is and as a logarithm", () => {
    expect(targetScaleWarning(dataOf(prices), null)).toBe(
      'Target "y" has mean 350000 and standard deviation 111800; a new model\'s outputs lie near 0 and may take very long ' +
        "to get there. Learn its logarithm with logTarget: true, yRange: [12, 13.4], or bound it as it is with yRange: [140000, 560000].",
    );
  });

  it("speaks of the logarithm where that is learned", () => {
    expect(targetScaleWarning(dataOf(prices, { logTarget: true }), undefined)).toBe(
      'Target "y" as a logarithm has mean 12.71 and standard deviation 0.3426; a new model\'s outputs lie near 0 and may ' +
        "take very long to get there. Bound it with yRange: [12, 13.4].",
    );
  });

  it("has no logarithm for what is not all positive", () => {
    const text = targetScaleWarning(dataOf([-100, 0, 300, 50, 0]), null);
    expect(text).toContain("Bound it with yRange: [-180, 380], or divide the target by a constant.");
  });

  it.each([
    ["mean 3 spreads away, but not beyond 1", [0.9, 0.91, 0.92, 0], false],
    ["mean beyond 1, within 3 spreads", [1, 2, 6, 0], false],
    ["mean beyond 1 and beyond 3 spreads", [4, 5, 6, 0], true],
    ["mean below 20", [0, 19.9, 39, 0], false],
    ["mean above 20", [0, 21, 42, 0], true],
    ["spread above 20", [-30, 0, 30, 0], true],
  ])("draws the line: %s", (_, target, warns) => {
    expect(targetScaleWarning(dataOf(target), null) !== null).toBe(warns);
  });

  it("has nothing to say with a yRange or for classes", () => {
    expect(targetScaleWarning(dataOf(prices), [0, 6e5])).toBeNull();
    const classes = dataOf([100, 200, 100, 200, 100], { task: "classification" });
    expect(targetScaleWarning(classes, null)).toBeNull();
  });

  it("bounds all of several targets", () => {
    const table = tableOf(
      numbers("x", [1.5, 2.5, 3.5, 4.5]),
      numbers("a", [-1, 0, 1, 0]),
      numbers("b", [90, 100, 99, 90]),
    );
    const data = TabularData.from(table, { continuous: ["x"], target: ["a", "b"], valid: { last: 1 } });
    expect(targetScaleWarning(data, null)).toMatch(/^Target "b" has mean 96\.33 .*yRange: \[-30, 130\]/);
  });
});
