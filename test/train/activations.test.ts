import { describe, expect, it } from "vitest";
import { CpuRuntime } from "../../src/cpu/cpu_runtime.ts";
import { summarise } from "../../src/train/activation_summary.ts";
import { describeActivations } from "../support/activation_suite.ts";

describeActivations(
  "on the CPU",
  () => new CpuRuntime(),
  () => ({ backend: "cpu" }),
);

describe("the summary of a matrix", () => {
  // Two columns in the middle of rows of four.
  const values = Float32Array.of(9, 1, -1, 9, 9, 2, 0.04, 9, 9, 6, -5, 9);
  const place = { rows: 3, stride: 4, first: 1, width: 2 };

  it("is what a look at six numbers says", () => {
    const found = summarise(values, place, { bins: 4, range: [-2, 6], zero: 0.05 });
    expect(found.mean).toBeCloseTo(3.04 / 6, 6);
    const spread = [1, -1, 2, 0.04, 6, -5].reduce((sum, x) => sum + (x - 3.04 / 6) ** 2, 0);
    expect(found.std).toBeCloseTo(Math.sqrt(spread / 5), 6);
    expect(found.nearZero).toBeCloseTo(1 / 6, 12);
    expect(found.histogram).toEqual({
      low: -2,
      high: 6,
      counts: Uint32Array.of(1, 2, 1, 1),
      below: 1,
      above: 0,
    });
    expect(found.units.mean[0]).toBeCloseTo(3, 12);
    expect(found.units.std[0]).toBeCloseTo(Math.sqrt(7), 12);
  });

  it("counts the upper end in, what is beyond outside, and what is no number nowhere", () => {
    const odd = Float32Array.of(1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0);
    const { histogram, mean } = summarise(
      odd,
      { rows: 6, stride: 1, first: 0, width: 1 },
      { bins: 2, range: [-1, 1] },
    );
    expect(histogram).toEqual({ low: -1, high: 1, counts: Uint32Array.of(1, 2), below: 1, above: 1 });
    expect(mean).toBeNaN();
  });
});
