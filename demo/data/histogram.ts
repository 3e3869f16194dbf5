/** Small pictures of a column's values, as SVG paths: a table of columns is drawn often and must stay cheap. */
import type { ColumnInfo } from "./types.ts";

/** Units of the picture. */
export const WIDTH = 120;
export const HEIGHT = 28;

const paths = new WeakMap<readonly number[], string>();

/** Bars of equal width from the ground up; the highest fills the picture. What is there is at least a hair high. */
export function histogramPath(counts: readonly number[]): string {
  const known = paths.get(counts);
  if (known !== undefined) return known;
  const highest = Math.max(...counts);
  const step = WIDTH / counts.length;
  const width = round(step - Math.min(1, step / 4));
  const bars = counts.map((count, i) => {
    if (count === 0) return "";
    const height = round(Math.max(1, (HEIGHT * count) / highest));
    return `M${round(i * step)} ${HEIGHT}v${-height}h${width}v${height}z`;
  });
  const path = bars.join("");
  paths.set(counts, path);
  return path;
}

/** Where each of the most frequent categories lies on a bar of WIDTH; the last piece, if any, is all others. */
export function shareOf(
  { top, missing }: Pick<ColumnInfo, "top" | "missing">,
  rows: number,
): readonly { readonly x: number; readonly width: number; readonly label: string | null }[] {
  const present = Math.max(1, rows - missing);
  let x = 0;
  const pieces: { x: number; width: number; label: string | null }[] = [];
  for (const { label, count } of top) {
    const width = (WIDTH * count) / present;
    pieces.push({ x: round(x), width: round(Math.max(0.5, width - 1)), label });
    x += width;
  }
  if (WIDTH - x > 0.5) pieces.push({ x: round(x), width: round(WIDTH - x), label: null });
  return pieces;
}

function round(x: number): number {
  return Math.round(100 * x) / 100;
}
