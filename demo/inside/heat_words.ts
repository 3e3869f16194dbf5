/** Histograms in words, for those who do not see them. */
import { trueMinus } from "../ui/format.ts";
import { figure } from "./figures.ts";
import { type LayerLook, RANGE } from "./types.ts";

type Histogram = Pick<LayerLook, "counts" | "below" | "above">;

/** "most lie between −1.5 and 2": the middle nine tenths, as far as bins tell. */
export function middleWords(histogram: Histogram): string {
  const [from, to] = [quantile(histogram, 0.05, "lower"), quantile(histogram, 0.95, "upper")];
  const [low, high] = RANGE;
  if (from === null || to === null) return "there are none";
  if (from >= high) return `most lie above ${words(high)}`;
  if (to <= low) return `most lie below ${words(low)}`;
  const start = from < low ? `below ${words(low)}` : words(from);
  const end = to > high ? `above ${words(high)}` : words(to);
  return `most lie between ${start} and ${end}`;
}

const words = (x: number) => (Number.isInteger(x) ? trueMinus(String(x)) : figure(x));

/** The edge of the bin that holds a quantile; infinite beyond the range, null where nothing was counted. */
function quantile({ counts, below, above }: Histogram, q: number, edge: "lower" | "upper"): number | null {
  const total = counts.reduce((sum, count) => sum + count, below + above);
  if (total === 0) return null;
  const [low, high] = RANGE;
  const width = (high - low) / counts.length;
  let seen = below;
  if (seen > 0 && seen >= q * total) return Number.NEGATIVE_INFINITY;
  for (let bin = 0; bin < counts.length; bin++) {
    seen += counts[bin];
    if (counts[bin] > 0 && seen >= q * total) return low + width * (edge === "lower" ? bin : bin + 1);
  }
  return Number.POSITIVE_INFINITY;
}

export function heatWords(name: string, side: string, looks: readonly Histogram[]): string {
  const [first, last] = [looks[0], looks.at(-1)];
  if (!first || !last) return `${name}, ${side}: nothing seen yet.`;
  return `${name}, ${side}: of the activations ${middleWords(first)} at the start, ${middleWords(last)} at the end.`;
}
