/** What the columns of a table hold, in a pass or two over their typed arrays. */
import type { Column, Table } from "tabgpu";
import { cellText } from "./cell_text.ts";
import { countDistinct } from "./distinct.ts";
import { mostlyNumbers } from "./mostly_numbers.ts";
import type { ColumnInfo } from "./types.ts";

export type ColumnSummary = Omit<ColumnInfo, "guessedRole" | "reason">;

const BINS = 24;
const TOP = 8;
const PREVIEW_ROWS = 8;

export function describeColumn(column: Column): ColumnSummary {
  switch (column.kind) {
    case "text":
      return describeText(column.name, column.dictionary, column.codes);
    case "boolean":
      return describeBoolean(column.name, column.values);
    case "number":
      return describeNumbers(column.name, "number", column.values, column.integer);
    case "date":
      return describeNumbers(column.name, "date", column.values, true);
  }
}

function describeText(name: string, dictionary: readonly string[], codes: Int32Array): ColumnSummary {
  const counts = new Uint32Array(dictionary.length);
  let missing = 0;
  for (let row = 0; row < codes.length; row++) {
    if (codes[row] < 0) missing++;
    else counts[codes[row]]++;
  }
  let distinct = 0;
  for (const count of counts) if (count > 0) distinct++;
  const top = mostFrequent(counts).map((code) => ({ label: dictionary[code], count: counts[code] }));
  return {
    name,
    kind: "text",
    integer: false,
    missing,
    distinct,
    mean: null,
    histogram: null,
    top,
    mostlyNumbers: mostlyNumbers(dictionary, counts),
  };
}

/** Indices of the largest counts, largest first. */
function mostFrequent(counts: Uint32Array): number[] {
  const best: number[] = [];
  for (let code = 0; code < counts.length; code++) {
    if (counts[code] === 0) continue;
    if (best.length === TOP && counts[code] <= counts[best[TOP - 1]]) continue;
    let at = best.length;
    while (at > 0 && counts[best[at - 1]] < counts[code]) at--;
    best.splice(at, 0, code);
    if (best.length > TOP) best.pop();
  }
  return best;
}

function describeBoolean(name: string, values: Uint8Array): ColumnSummary {
  const counts = [0, 0];
  for (let row = 0; row < values.length; row++) if (values[row] < 2) counts[values[row]]++;
  const missing = values.length - counts[0] - counts[1];
  const top = [
    { label: "true", count: counts[1] },
    { label: "false", count: counts[0] },
  ]
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  const distinct = top.length;
  return { name, kind: "boolean", integer: false, missing, distinct, mean: null, histogram: null, top };
}

function describeNumbers(
  name: string,
  kind: "number" | "date",
  values: Float64Array,
  integer: boolean,
): ColumnSummary {
  let [min, max, sum, present] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (Number.isNaN(value)) continue;
    present++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const missing = values.length - present;
  const finite = Number.isFinite(min) && Number.isFinite(max);
  const distinct = present === 0 ? 0 : countDistinct(values, integer && finite, min, max);
  const mean = kind === "number" && finite ? sum / present : null;
  const histogram = finite
    ? { min, max, counts: binCounts(values, integer && kind === "number", min, max) }
    : null;
  return { name, kind, integer: integer && kind === "number", missing, distinct, mean, histogram, top: [] };
}

/** Counts of equal bins from `min` to `max`; whole numbers that are few get a bin each. */
function binCounts(values: Float64Array, integer: boolean, min: number, max: number): number[] {
  const each = integer && max - min < BINS;
  const bins = each ? max - min + 1 : max > min ? BINS : 1;
  const counts = new Uint32Array(bins);
  const scale = each ? 1 : bins / (max - min || 1);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (Number.isNaN(value)) continue;
    counts[Math.min(bins - 1, Math.floor((value - min) * scale))]++;
  }
  return Array.from(counts);
}

/** The first rows as texts, null where a cell is missing. */
export function previewOf(table: Table): (string | null)[][] {
  const rows = Math.min(PREVIEW_ROWS, table.rows);
  return Array.from({ length: rows }, (_, row) => table.columns.map((column) => cellText(column, row)));
}

/** Whether all rows that have a value have the same. */
export function isConstant(column: Column): boolean {
  return describeColumn(column).distinct < 2;
}
