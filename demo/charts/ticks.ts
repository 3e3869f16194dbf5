/** Numbers on axes: where, and how they are written. */
import { significant, trueMinus } from "../ui/format.ts";

/** 1, 2 and 5 of every power of ten between the two; the powers alone where that would be many. */
function logSplits(min: number, max: number): number[] {
  const steps = max / min > 1000 ? [1] : [1, 2, 5]; // over three powers of ten: three of them lie between
  const splits: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
    for (const step of steps) splits.push(Number(`${step}e${power}`));
  }
  return splits.filter((split) => split >= min && split <= max);
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** A number beside an axis, where there is little room: 0.05, 250, 12K. */
export function axisNumber(x: number): string {
  return Math.abs(x) >= 10_000 ? trueMinus(compact.format(x)) : significant(x, 5);
}

/**
 * Those of the marks on a log axis that get a number where not all have room: of 1, 2 and 5 of each power of ten the
 * powers, then every second power, every third.
 * @param at where on the axis a mark is, in pixels
 * @param room pixels from one number's middle to the next, at least
 */
export function thinTicks(ticks: readonly number[], at: (tick: number) => number, room: number): number[] {
  const powers = ticks.filter((tick) => Number.isInteger(Number(Math.log10(tick).toFixed(9))));
  const some = powers.length > 1 ? powers : ticks;
  const fits = (kept: readonly number[]) =>
    kept.every((tick, i) => i === 0 || at(tick) - at(kept[i - 1]) >= room);
  if (fits(ticks)) return [...ticks];
  for (let step = 1; step < some.length; step++) {
    const kept = some.filter((_, i) => i % step === 0);
    if (fits(kept)) return kept;
  }
  return some.slice(0, 1);
}

/** On a log scale; like those of a plain one where so little is shown that powers of ten would leave it bare. */
export function ticksOf(min: number, max: number): number[] {
  const splits = logSplits(min, max);
  if (splits.length > 2 || !(max > min)) return splits;
  const rough = (max - min) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough)! * power;
  const first = Math.ceil(min / step);
  const count = Math.floor(max / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Below `least` with a power of ten, for want of room. */
export function shortNumber(x: number, least: number): string {
  if (x === 0 || Math.abs(x) >= least) return axisNumber(x);
  return Number(x.toPrecision(2)).toExponential().replace("e-", "e−");
}
