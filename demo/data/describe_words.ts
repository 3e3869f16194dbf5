/** What a column holds, in words: beside its picture, and instead of it for who cannot see it. */
import { areYears, grouped, inPercent, significant, trueMinus } from "../ui/format.ts";
import { dateText } from "./cell_text.ts";
import type { ColumnInfo } from "./types.ts";

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** 12,040 or 31.25 or 1.2M: short enough for a narrow column. */
export function shortNumber(x: number): string {
  if (Number.isInteger(x) && Math.abs(x) < 1e6) return grouped(x);
  return Math.abs(x) >= 1e6 ? trueMinus(compact.format(x)) : significant(x, 4);
}

/** 12 %, 0.4 %, under 0.1 %, over 99 % */
export function share(count: number, total: number): string {
  const percent = (100 * count) / Math.max(1, total);
  if (count > 0 && percent < 0.1) return `under ${inPercent(0.1)}`;
  if (count < total && percent > 99) return `over ${inPercent(99)}`;
  return inPercent(percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent));
}

export function kindWord({ kind, integer }: Pick<ColumnInfo, "kind" | "integer">): string {
  if (kind === "number") return integer ? "whole numbers" : "numbers";
  return { boolean: "true or false", text: "text", date: "dates" }[kind];
}

/** "0 to 18,000", "2015-01-02 to 2015-07-31", "a 54 %, d 30 %, c 16 %" */
export function rangeWords(column: ColumnInfo, rows: number): string {
  const { histogram, kind, top, missing } = column;
  if (histogram) {
    const years = kind === "number" && column.integer && areYears(histogram.min, histogram.max);
    const say = kind === "date" ? dateText : years ? String : shortNumber;
    return histogram.min === histogram.max
      ? `always ${say(histogram.min)}`
      : `${say(histogram.min)} to ${say(histogram.max)}`;
  }
  if (top.length === 0) return "no values";
  const said = top
    .slice(0, 3)
    .map(({ label, count }) => `${shortened(label)} ${share(count, rows - missing)}`);
  return said.join(", ") + (column.distinct > 3 ? ", …" : "");
}

/** The histogram for who cannot see it: where most values lie. */
export function histogramWords(column: ColumnInfo, rows: number): string {
  const { histogram, kind } = column;
  if (!histogram) return rangeWords(column, rows);
  const { min, max, counts } = histogram;
  const years = kind === "number" && column.integer && areYears(min, max);
  const peak = counts.indexOf(Math.max(...counts));
  const width = (max - min) / counts.length;
  const say = kind === "date" ? dateText : years ? (x: number) => String(Math.round(x)) : shortNumber;
  const present = rows - column.missing;
  const peakWords = `${share(counts[peak], present)} of them between ${say(min + peak * width)} and ${say(min + (peak + 1) * width)}`;
  return `Histogram: ${rangeWords(column, rows)}; ${peakWords}`;
}

/** 12 of 100 rows as the table says it: "12 (12 %)", or "none". */
export function missingWords(missing: number, rows: number): string {
  return missing === 0 ? "none" : `${grouped(missing)} (${share(missing, rows)})`;
}

export function shortened(text: string, longest = 18): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
