/** Median of some rounds, with their spread. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: readonly number[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

export function spread(rounds: readonly number[]): Spread {
  return { median: median(rounds), min: Math.min(...rounds), max: Math.max(...rounds), rounds };
}

/** How many times longer: the median of the rounds' ratios, for what slows a machine down slows a whole round down. */
export function ratio(slower: Spread, faster: Spread): number {
  const both = Math.min(slower.rounds.length, faster.rounds.length);
  return median(slower.rounds.slice(0, both).map((ms, round) => ms / faster.rounds[round]));
}
