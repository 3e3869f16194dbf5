import { describe, expect, it } from "vitest";
import {
  lrFindSchedule,
  lrFindStopRule,
  suggestLearningRates,
  trimmedCurve,
} from "../../src/train/lr_suggestions.ts";
import { expectClose } from "../support/close.ts";

/** A curve as lr_find records it: it falls around 1e-3 and rises steeply from 0.3 on. */
const schedule = lrFindSchedule(0.9);
const lrs = Array.from({ length: 100 }, (_, i) => schedule(i).lr);
const losses = Float32Array.from(lrs, (lr) => {
  const x = Math.log10(lr);
  return 1 - 0.6 / (1 + Math.exp(-3 * (x + 3))) + (lr >= 0.3 ? 3 * (x + 0.523) : 0);
});

/** Suggestions from exactly these losses, at rates 1, 10, 100, …. */
function suggest(curve: number[]) {
  const padded = [...curve, ...Array(5).fill(0)];
  return suggestLearningRates(
    padded.map((_, i) => 10 ** i),
    padded,
    6, // floor(6 / 10) = 0 left out at the start
  );
}

describe("suggestLearningRates", () => {
  it("gives fastai's numbers on the golden curve", () => {
    const { valley, minimum, steep, slide } = suggestLearningRates(lrs, losses);
    const expected = [2.7542288e-4, 2.5118863e-2, 8.3176378e-4, 1.5848933e-2]; // rates in float32
    expectClose([valley, minimum, steep!, slide!], expected, (x) => 1e-6 * x);
    expect(trimmedCurve(lrs, losses).lrs[33]).toBe(valley);
  });

  it("leaves out the first tenth, the last five and what follows a NaN", () => {
    expect(trimmedCurve(lrs, losses).losses).toEqual(Array.from(losses).slice(10, 95));
    const broken = losses.slice();
    broken[50] = Number.NaN;
    expect(trimmedCurve(lrs, broken).losses).toEqual(Array.from(losses).slice(10, 50));
    expect(trimmedCurve(lrs, broken).lrs).toEqual(lrs.slice(10, 50));
    expect(suggestLearningRates(lrs, broken)).toEqual(
      suggestLearningRates(lrs.slice(0, 55), losses.slice(0, 55)), // 5 of them for the end that is cut off
    );
  });

  it("valley: a loss that only falls has its point half way", () => {
    // length 9, start −1, section 3: index −1 + 3 + 1
    expect(suggest([9, 8, 7, 6, 5, 4, 3, 2, 1]).valley).toBe(1e3);
  });

  it("valley: the first of two equally long falls counts", () => {
    // 5 4 3 | 9 8 7: both of length 3; the first ends at 2: start −1, section 1, index −1 + 1 + 0
    expect(suggest([5, 4, 3, 9, 8, 7]).valley).toBe(1);
  });

  it("valley: a plateau is no fall, and a loss that never falls suggests the first rate", () => {
    expect(suggest([1, 1, 1, 1]).valley).toBe(1);
    expect(suggest([1, 2, 3, 4]).valley).toBe(1);
  });

  it("steep: the left end of the steepest fall per ln(lr)", () => {
    expect(suggest([5, 4.5, 2, 1.9]).steep).toBe(10);
  });

  it("minimum: a tenth of the rate with the lowest loss, the first of equals", () => {
    expect(suggest([5, 1, 3, 1]).minimum).toBe(1);
  });

  it("slide: stays at its first interval where the slopes hardly differ", () => {
    expect(suggest(Array(20).fill(1)).slide).toBe(1e4); // lrs[−16]
    expect(suggest(Array(16).fill(1)).slide).toBe(1);
  });

  it("slide: runs into the left end of a curve whose slope differs everywhere", () => {
    expect(suggest(Array.from({ length: 20 }, (_, i) => i * i)).slide).toBe(1);
  });

  it("has no slide for a curve shorter than its interval, no steep for a single loss", () => {
    expect(suggest(Array(15).fill(1)).slide).toBeNull();
    expect(suggest([1])).toEqual({ valley: 1, steep: null, minimum: 0.1, slide: null });
  });

  it("refuses a curve of which nothing is left", () => {
    expect(() => suggestLearningRates(lrs.slice(0, 15), losses.slice(0, 15))).toThrow(
      "lrFind recorded 15 losses, too few once the first 10, the last 5 and those after a NaN are left out. " +
        "Start at a lower startLr, or look for infinities in the data.",
    );
  });
});

describe("lrFindSchedule", () => {
  it("climbs from 1e-7 towards 10 in equal factors and leaves the momentum alone", () => {
    expect(schedule(0)).toEqual({ lr: 1e-7, mom: 0.9 });
    expectClose([schedule(50).lr, schedule(100).lr], [1e-3, 10], (x) => 1e-12 * x);
    const own = lrFindSchedule(0.8, { startLr: 1e-4, endLr: 1, numIt: 8 });
    expectClose([own(2).lr, own(8).lr], [1e-3, 1], (x) => 1e-12 * x);
  });

  it.each([
    [{ startLr: 0 }, "lrFind goes from startLr 0 to endLr 10; both are positive, the first lower."],
    [{ startLr: 1, endLr: 1 }, "lrFind goes from startLr 1 to endLr 1; both are positive, the first lower."],
    [{ numIt: 5 }, "numIt is 5; lrFind needs at least 6 steps."],
  ])("refuses %o", (options, message) => {
    expect(() => lrFindSchedule(0.9, options)).toThrow(message);
  });
});

describe("lrFindStopRule", () => {
  it("stops above four times the best loss, not at it", () => {
    const stop = lrFindStopRule();
    expect([3, 1, 2, 4, 4.0001].map(stop)).toEqual([false, false, false, false, true]);
  });

  it("stops on NaN and on an infinite loss", () => {
    expect([1, Number.NaN].map(lrFindStopRule())).toEqual([false, true]);
    expect([1, Number.POSITIVE_INFINITY].map(lrFindStopRule())).toEqual([false, true]);
    expect([Number.POSITIVE_INFINITY].map(lrFindStopRule())).toEqual([true]);
  });
});
