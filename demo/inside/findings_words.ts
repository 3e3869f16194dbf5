/** Words that the findings share. */
import { figure } from "./figures.ts";

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
