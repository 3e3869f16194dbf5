import { DataError, OptionError } from "../errors.ts";
import type { Schedule } from "./lr_schedule.ts";

/** Rates that fastai's lr_find suggests, each by a rule of its own; null where the curve is too short for the rule. */
export interface LrSuggestions {
  /** About halfway along the longest fall of the curve: fastai's default. */
  readonly valley: number;
  /** Where the loss falls fastest per ln(lr). */
  readonly steep: number | null;
  /** A tenth of the rate with the lowest loss. */
  readonly minimum: number;
  /** Left of the steep rise at the end, found by sliding an interval in from the right. */
  readonly slide: number | null;
}

export interface LrFindOptions {
  /** First rate. Default 1e-7. */
  readonly startLr?: number;
  /** The rate of the step after the last. Default 10. */
  readonly endLr?: number;
  /** Number of steps, at least 6. Default 100. */
  readonly numIt?: number;
}

/**
 * lr_find's schedule: the rate of step i is startLr · (endLr / startLr)^(i / numIt), the momentum stays as it is.
 *
 * @throws {OptionError} for an option outside its range
 */
export function lrFindSchedule(mom: number, options: LrFindOptions = {}): Schedule {
  const { startLr = 1e-7, endLr = 10, numIt = 100 } = options;
  if (!(startLr > 0 && startLr < endLr && Number.isFinite(endLr))) {
    throw new OptionError(
      `lrFind goes from startLr ${startLr} to endLr ${endLr}; both are positive, the first lower.`,
    );
  }
  if (!Number.isInteger(numIt) || numIt < 6) {
    throw new OptionError(`numIt is ${numIt}; lrFind needs at least 6 steps.`);
  }
  return (step) => ({ lr: startLr * (endLr / startLr) ** (step / numIt), mom });
}

/**
 * lr_find's stop rule, to be called with the smoothed loss of each step: true once it exceeds four times the best
 * so far, or is not finite (fastai v1 stops there too; v2 runs on and drops what follows).
 */
export function lrFindStopRule(): (smoothedLoss: number) => boolean {
  let best = Number.POSITIVE_INFINITY;
  return (smoothedLoss) => {
    best = Math.min(best, smoothedLoss);
    return !(smoothedLoss <= 4 * best) || smoothedLoss === Number.POSITIVE_INFINITY;
  };
}

/** The part of a recorded curve that suggestions are made from: without its first tenth, last five and any NaN. */
export function trimmedCurve(
  lrs: ArrayLike<number>,
  losses: ArrayLike<number>,
  numIt = 100,
): { lrs: number[]; losses: number[] } {
  const first = Math.floor(numIt / 10);
  const kept = Array.from(losses).slice(first, -5);
  const nan = kept.findIndex(Number.isNaN);
  const end = nan < 0 ? kept.length : nan;
  return { lrs: Array.from(lrs).slice(first, first + end), losses: kept.slice(0, end) };
}

/**
 * All of fastai's suggestions from the rates and smoothed losses that lr_find recorded.
 *
 * @param numIt the number of steps lr_find was to take (it may have stopped before)
 * @throws {DataError} if nothing is left of the curve after trimming: the loss diverged at once
 */
export function suggestLearningRates(
  lrs: ArrayLike<number>,
  losses: ArrayLike<number>,
  numIt = 100,
): LrSuggestions {
  const curve = trimmedCurve(lrs, losses, numIt);
  if (curve.losses.length === 0) {
    throw new DataError(
      `lrFind recorded ${losses.length} losses, too few once the first ${Math.floor(numIt / 10)}, the last 5 and ` +
        "those after a NaN are left out. Start at a lower startLr, or look for infinities in the data.",
    );
  }
  return {
    valley: valley(curve.lrs, curve.losses),
    steep: steep(curve.lrs, curve.losses),
    minimum: curve.lrs[indexOfLowest(curve.losses)] / 10,
    slide: slide(curve.lrs, curve.losses),
  };
}

/** The longest strictly falling subsequence of the losses, by dynamic programming; then a point within its span. */
function valley(lrs: readonly number[], losses: readonly number[]): number {
  const lengths: number[] = [];
  let end = 0;
  for (let i = 0; i < losses.length; i++) {
    lengths[i] = 1;
    for (let j = 0; j < i; j++) {
      if (losses[i] < losses[j]) lengths[i] = Math.max(lengths[i], lengths[j] + 1);
    }
    if (lengths[i] > lengths[end]) end = i;
  }
  const start = lengths[end] === 1 ? 0 : end - lengths[end]; // −1 where all of it falls, as fastai counts
  const section = (end - start) / 3;
  const index = start + Math.floor(section) + Math.floor(section / 2);
  return lrs[Math.max(0, index)];
}

function steep(lrs: readonly number[], losses: readonly number[]): number | null {
  if (losses.length < 2) return null;
  const slopes = losses
    .slice(1)
    .map((loss, i) => (loss - losses[i]) / (Math.log(lrs[i + 1]) - Math.log(lrs[i])));
  return lrs[indexOfLowest(slopes)];
}

/** An interval 15 wide slides in from the right end as long as the loss's slope differs by over 0.005 across it. */
function slide(lrs: readonly number[], losses: readonly number[]): number | null {
  const width = 15;
  if (losses.length <= width) return null;
  const slopes = gradient(losses);
  let right = losses.length - 1;
  let suggestion = lrs[right - width];
  while (right >= width && Math.abs(slopes[right] - slopes[right - width]) > 0.005) {
    suggestion = lrs[right - width];
    right--;
  }
  return suggestion;
}

/** Slope per index: central differences inside, one-sided at the ends (numpy.gradient). */
function gradient(y: readonly number[]): number[] {
  const last = y.length - 1;
  return y.map((_, i) => {
    const [below, above] = [Math.max(0, i - 1), Math.min(last, i + 1)];
    return (y[above] - y[below]) / (above - below);
  });
}

function indexOfLowest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value < values[best] ? i : best), 0);
}
