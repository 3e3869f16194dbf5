import { describe, expect, it } from "vitest";
import { constant, cosineBetween, flatCos, oneCycle, type Schedule } from "../../src/train/lr_schedule.ts";
import { v1, v2 } from "../../src/train/recipe.ts";
import { expectClose } from "../support/close.ts";

const steps = (schedule: Schedule, n: number) => Array.from({ length: n }, (_, k) => schedule(k));
const lrs = (schedule: Schedule, n: number) => steps(schedule, n).map((h) => h.lr);
const moms = (schedule: Schedule, n: number) => steps(schedule, n).map((h) => h.mom);
/** fastai v2 evaluates progress in float32, which moves its values by up to 2e-5 of themselves. */
const relative = (expected: number) => 2e-5 * Math.abs(expected);

describe("oneCycle over 10 steps with lrMax 1e-3", () => {
  it("is fastai v2's", () => {
    const schedule = oneCycle(v2, 10, 1e-3);
    const lr = [
      4.0e-5, 3.7167185e-4, 9.0832817e-4, 9.890739e-4, 9.0450945e-4, 7.5000249e-4, 5.5226866e-4, 3.454981e-4,
      1.6544302e-4, 4.3236872e-5,
    ];
    const mom = [
      0.95, 0.915450849, 0.859549149, 0.851092621, 0.859549151, 0.875000001, 0.894773582, 0.915450844,
      0.933456532, 0.94567727,
    ];
    expectClose(lrs(schedule, 10), lr, relative, "lr");
    expectClose(moms(schedule, 10), mom, relative, "mom");
  });

  it("is fastai v1's", () => {
    const schedule = oneCycle(v1, 10, 1e-3);
    const lr = [
      4.0e-5, 2.8e-4, 7.6e-4, 1.0e-3, 9.5048463e-4, 8.1174565e-4, 6.1126202e-4, 3.8874198e-4, 1.8825835e-4,
      4.9519368e-5,
    ];
    const mom = [
      0.95, 0.925, 0.875, 0.85, 0.854951557, 0.86882551, 0.888873953, 0.911126047, 0.93117449, 0.945048443,
    ];
    expectClose(lrs(schedule, 10), lr, (x) => 5e-8 * x, "lr"); // eight printed digits
    expectClose(moms(schedule, 10), mom, 1e-9, "mom");
  });
});

describe("oneCycle", () => {
  it.each([
    ["v1", v1, 2.5e5],
    ["v2", v2, 1e5],
  ] as const)("%s would end at lrMax / divFinal on the step after the last", (_, recipe, divFinal) => {
    const schedule = oneCycle(recipe, 1000, 0.01);
    expectClose([schedule(1000).lr, schedule(1000).mom], [0.01 / divFinal, 0.95], 1e-12);
  });

  it("peaks at a whole step in v1 and between steps in v2", () => {
    const peak = (values: number[]) => values.indexOf(Math.max(...values));
    expect(peak(lrs(oneCycle(v1, 99, 1), 99))).toBe(29); // floor(29.7)
    expect(lrs(oneCycle(v1, 99, 1), 99)[29]).toBe(1);
    expect(peak(lrs(oneCycle(v2, 99, 1), 99))).toBe(25); // 24.75
    expect(lrs(oneCycle(v2, 99, 1), 99)[25]).toBeLessThan(1);
  });

  it("v1 without room to warm up takes one step at the low rate, then sinks from the peak", () => {
    const values = lrs(oneCycle(v1, 3, 1), 3); // floor(0.9) = 0
    expectClose(values, [0.04, cosineBetween(1, 4e-6, 1 / 3), cosineBetween(1, 4e-6, 2 / 3)], 1e-15);
  });

  it("v2 with pctStart 0 starts at the peak, with 1 never sinks", () => {
    expect(oneCycle(v2, 10, 0.5, { pctStart: 0 })(0)).toEqual({ lr: 0.5, mom: 0.85 });
    const rising = lrs(oneCycle(v2, 10, 0.5, { pctStart: 1 }), 10);
    expect(rising).toEqual(rising.toSorted((a, b) => a - b));
  });

  it("takes div, divFinal and moms", () => {
    const schedule = oneCycle(v2, 100, 1, { div: 10, divFinal: 50, moms: [0.9, 0.7, 0.8], pctStart: 0.5 });
    const ends = [schedule(0), schedule(50), schedule(100)];
    expectClose(
      ends.map((h) => h.lr),
      [0.1, 1, 0.02],
      1e-15,
    );
    expectClose(
      ends.map((h) => h.mom),
      [0.9, 0.7, 0.8],
      1e-15,
    );
  });

  it("v1 derives divFinal from a div given alone; v2 does not", () => {
    expectClose([oneCycle(v1, 10, 1, { div: 10 })(10).lr], [1e-5], 1e-12);
    expectClose([oneCycle(v1, 10, 1, { div: 10, divFinal: 100 })(10).lr], [0.01], 1e-12);
    expectClose([oneCycle(v2, 10, 1, { div: 10 })(10).lr], [1e-5], 1e-12);
    expectClose([oneCycle(v2, 10, 1, { div: 50 })(10).lr], [1e-5], 1e-12);
  });

  it("with two moms returns to the first", () => {
    expectClose([oneCycle(v1, 10, 1, { moms: [0.8, 0.6] })(10).mom], [0.8], 1e-12);
  });

  it.each([
    [{ pctStart: 1.1 }, "pctStart is 1.1; it is a fraction of the steps, from 0 to 1."],
    [{ div: 0 }, "div is 0; it must be positive and finite."],
    [{ divFinal: Number.NaN }, "divFinal is NaN; it must be positive and finite."],
    [{ moms: [0.9] }, "moms has 1 values; give the momentum at the start, the peak and the end."],
    [{ moms: [0.9, 1, 0.9] }, "moms[1] is 1; a momentum is at least 0 and below 1."],
  ])("refuses %o", (options, message) => {
    expect(() => oneCycle(v2, 10, 1e-3, options)).toThrow(message);
  });

  it("refuses a rate or a number of steps that is none", () => {
    expect(() => oneCycle(v2, 10, -1)).toThrow("lrMax is -1; it must be positive and finite.");
    expect(() => oneCycle(v2, 0, 1)).toThrow("totalSteps is 0; a fit has a positive number of steps.");
    expect(() => oneCycle(v2, 2.5, 1)).toThrow("totalSteps is 2.5; a fit has a positive number of steps.");
  });
});

describe("flatCos", () => {
  it("v2 holds the rate for three quarters, sinks to lr / 1e5 and leaves the momentum alone", () => {
    const schedule = flatCos(v2, 100, 0.01, 0.9);
    expect(new Set(lrs(schedule, 76))).toEqual(new Set([0.01]));
    expectClose([schedule(80).lr, schedule(100).lr], [cosineBetween(0.01, 1e-7, 0.2), 1e-7], 1e-15);
    expect(new Set(moms(schedule, 100))).toEqual(new Set([0.9]));
  });

  it("v1 holds it for floor(0.72 N) steps, sinks to zero and has a momentum for each phase", () => {
    const schedule = flatCos(v1, 50, 0.01, 0.9); // floor(36) = 36
    expect(new Set(lrs(schedule, 37))).toEqual(new Set([0.01]));
    expectClose([schedule(37).lr, schedule(50).lr], [cosineBetween(0.01, 0, 1 / 14), 0], 1e-15);
    expect([schedule(36).mom, schedule(37).mom]).toEqual([0.95, 0.85]);
  });

  it("refuses a divFinal that is not positive", () => {
    expect(() => flatCos(v2, 10, 1, 0.9, { divFinal: 0 })).toThrow(
      "divFinal is 0; it must be positive (Infinity anneals to zero).",
    );
  });
});

describe("constant", () => {
  it("never changes", () => {
    expect(steps(constant(0.003, 0.9), 3)).toEqual(Array(3).fill({ lr: 0.003, mom: 0.9 }));
  });

  it("refuses a rate that is none", () => {
    expect(() => constant(0, 0.9)).toThrow("lr is 0; it must be positive and finite.");
  });
});
