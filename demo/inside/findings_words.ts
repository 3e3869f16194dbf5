/** Words that the findings share. */
import { counted } from "../ui/format.ts";
import { figure, lossFigure } from "./figures.ts";
import { lastLook } from "./layers.ts";
import type { Comparison, SideResult } from "./types.ts";

/** Losses closer than this to each other may as well be the other way round with another seed. */
export const CLEARLY = 1.5;

/** The least and the greatest. */
export const ends = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;

/** "0.46 to 1.20", or "1.00" where both read the same. */
export function rangeWords(values: readonly number[]): string {
  const [low, high] = ends(values).map(figure);
  return low === high ? low : `${low} to ${high}`;
}

/** "from 0.46 to 1.20", or "of 1.00". */
export function between(values: readonly number[]): string {
  const words = rangeWords(values);
  return words.includes(" ") ? `from ${words}` : `of ${words}`;
}

/** After fewer steps a loss tells little. */
const EARLY = 50;

/** "mean of the last 20 steps" */
export function averagedWords({
  with: a,
  without: b,
}: Readonly<Record<"with" | "without", SideResult>>): string {
  const steps = Math.max(a.averaged, b.averaged);
  return steps === 1 ? "of the one step" : `mean of the last ${steps} steps`;
}

/** What must be said beside the training losses: that it is early, and where the validation losses tell another story. */
export function besideLosses(comparison: Comparison): string[] {
  const { result } = comparison;
  const steps = Math.max(lastLook(comparison, "with")?.step ?? 0, lastLook(comparison, "without")?.step ?? 0);
  const said: string[] = [];
  if (steps < EARLY) {
    said.push(
      `It is early, after ${counted(steps, "step")}: take at least ${EARLY} before you make much of these losses.`,
    );
  }
  const validation = result && validationSentence(result.sides.with, result.sides.without);
  return validation ? [...said, validation] : said;
}

function validationSentence(withAll: SideResult, without: SideResult): string | null {
  const [train, valid] = [
    ratioOf(without.trainLoss, withAll.trainLoss),
    ratioOf(without.validLoss, withAll.validLoss),
  ];
  if (!Number.isFinite(train) || !Number.isFinite(valid) || verdict(train) === verdict(valid)) return null;
  const ahead = {
    1: "the model with BatchNorm is ahead",
    0: "they are close",
    [-1]: "the model without it is ahead",
  };
  const why =
    valid < train
      ? " Validation uses the running means and variances that BatchNorm gathers on the way, and they lag behind after few steps."
      : "";
  return (
    `The validation losses tell another story: ${lossFigure(withAll.validLoss!)} with BatchNorm, ` +
    `${lossFigure(without.validLoss!)} without, so there ${ahead[verdict(valid)]}.${why}`
  );
}

const ratioOf = (a: number | null, b: number | null) => (a ?? Number.NaN) / (b ?? Number.NaN);

/** 1: the model with BatchNorm is clearly ahead, −1: the other, 0: neither. */
const verdict = (ratio: number) => (ratio >= CLEARLY ? 1 : ratio > 1 / CLEARLY ? 0 : -1);
