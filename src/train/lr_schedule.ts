import { OptionError } from "../errors.ts";
import type { Recipe } from "./recipe.ts";

/** What a schedule sets before a step. */
export interface ScheduledHypers {
  readonly lr: number;
  /** Adam's β₁, also in its bias correction. */
  readonly mom: number;
}

/** Hyper-parameters of step k = 0 … totalSteps − 1, counted over the whole fit. */
export type Schedule = (step: number) => ScheduledHypers;

export interface OneCycleOptions {
  /** Fraction of the steps spent warming up, in [0, 1]. Default: the recipe's. */
  readonly pctStart?: number;
  /** The first rate is lrMax / div. Default: the recipe's. */
  readonly div?: number;
  /** The last rate (of the step after the last) is lrMax / divFinal. Default: the recipe's. */
  readonly divFinal?: number;
  /** Momentum at the start, the peak and the end; with two values the end equals the start. */
  readonly moms?: readonly number[];
}

/** Half a cosine from `start` at t = 0 to `end` at t = 1. */
export function cosineBetween(start: number, end: number, t: number): number {
  return start + ((end - start) * (1 - Math.cos(Math.PI * t))) / 2;
}

/**
 * fit_one_cycle's schedule: the rate climbs along a cosine from lrMax / div to lrMax while the momentum falls, then
 * sinks to lrMax / divFinal while the momentum returns (Smith 2018, cosines by fastai). v2 measures progress as a
 * real fraction of training, v1 splits the steps into two whole-numbered phases.
 *
 * @throws {OptionError} for an option outside its range
 */
export function oneCycle(
  recipe: Recipe,
  totalSteps: number,
  lrMax: number,
  options: OneCycleOptions = {},
): Schedule {
  const pctStart = options.pctStart ?? recipe.pctStart;
  const div = options.div ?? recipe.div;
  const divFinal =
    options.divFinal ?? (recipe.divFinalFollowsDiv && options.div ? options.div * 1e4 : recipe.divFinal);
  const moms = options.moms ?? recipe.moms;
  checkSteps(totalSteps);
  checkPositive("lrMax", lrMax);
  checkFraction("pctStart", pctStart);
  checkPositive("div", div);
  checkPositive("divFinal", divFinal);
  if (moms.length !== 2 && moms.length !== 3) {
    throw new OptionError(
      `moms has ${moms.length} values; give the momentum at the start, the peak and the end.`,
    );
  }
  moms.forEach((mom, i) => {
    checkMomentum(`moms[${i}]`, mom);
  });
  const [momStart, momPeak, momEnd = momStart] = moms;
  const phase = phases(recipe, totalSteps, pctStart);
  return (step) => {
    const { second, t } = phase(step);
    return second
      ? { lr: cosineBetween(lrMax, lrMax / divFinal, t), mom: cosineBetween(momPeak, momEnd, t) }
      : { lr: cosineBetween(lrMax / div, lrMax, t), mom: cosineBetween(momStart, momPeak, t) };
  };
}

export interface FlatCosOptions {
  /** Fraction of the steps at the full rate, in [0, 1]. Default: the recipe's. */
  readonly pctStart?: number;
  /** The last rate is lr / divFinal; Infinity anneals to zero. Default: the recipe's. */
  readonly divFinal?: number;
}

/**
 * fit_flat_cos (v1: fit_fc): the full rate, then a cosine down to lr / divFinal.
 *
 * @param mom the momentum in force, which v2 leaves alone; v1 has its own two
 * @throws {OptionError} for an option outside its range
 */
export function flatCos(
  recipe: Recipe,
  totalSteps: number,
  lr: number,
  mom: number,
  options: FlatCosOptions = {},
): Schedule {
  const pctStart = options.pctStart ?? recipe.flatCosPctStart;
  const divFinal = options.divFinal ?? recipe.flatCosDivFinal;
  checkSteps(totalSteps);
  checkPositive("lr", lr);
  checkMomentum("mom", mom);
  checkFraction("pctStart", pctStart);
  if (!(divFinal > 0)) {
    throw new OptionError(`divFinal is ${divFinal}; it must be positive (Infinity anneals to zero).`);
  }
  const [momFlat, momAnneal] = recipe.flatCosMoms ?? [mom, mom];
  const phase = phases(recipe, totalSteps, pctStart);
  return (step) => {
    const { second, t } = phase(step);
    return second ? { lr: cosineBetween(lr, lr / divFinal, t), mom: momAnneal } : { lr, mom: momFlat };
  };
}

/** fit's schedule: one rate throughout, the momentum as it is. @throws {OptionError} for a value out of range */
export function constant(lr: number, mom: number): Schedule {
  checkPositive("lr", lr);
  checkMomentum("mom", mom);
  return () => ({ lr, mom });
}

/** Which of two phases a step falls into, and how far through it (t in [0, 1]) the step is. */
function phases(
  recipe: Recipe,
  totalSteps: number,
  pctStart: number,
): (step: number) => { second: boolean; t: number } {
  if (recipe.integerPhases) {
    const first = Math.floor(totalSteps * pctStart);
    return (step) => {
      if (step > first) return { second: true, t: (step - first) / (totalSteps - first) };
      return { second: false, t: first === 0 ? 0 : step / first }; // no warm-up: one step at the low rate
    };
  }
  return (step) => {
    const u = step / totalSteps;
    if (u < pctStart) return { second: false, t: u / pctStart };
    return { second: true, t: (u - pctStart) / (1 - pctStart) };
  };
}

function checkSteps(totalSteps: number): void {
  if (!Number.isInteger(totalSteps) || totalSteps < 1) {
    throw new OptionError(`totalSteps is ${totalSteps}; a fit has a positive number of steps.`);
  }
}

function checkPositive(what: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new OptionError(`${what} is ${value}; it must be positive and finite.`);
  }
}

function checkFraction(what: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw new OptionError(`${what} is ${value}; it is a fraction of the steps, from 0 to 1.`);
  }
}

function checkMomentum(what: string, value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new OptionError(`${what} is ${value}; a momentum is at least 0 and below 1.`);
  }
}
