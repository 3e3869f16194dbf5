import { DataError } from "../errors.ts";
import { median } from "./median.ts";
import type { FillStrategy } from "./preprocessing_state.ts";
import { rowName } from "./row_name.ts";

/** How gaps in continuous columns are filled. */
export interface FillMissingOptions {
  /** "median" (default; mean of the two middle values if even), "mode" (ties: first seen) or "constant". */
  strategy?: FillStrategy;
  /** With "constant": one value for all columns (as fastai v1) or one per column (as v2; others get 0). Default 0. */
  fill?: number | Readonly<Record<string, number>>;
  /** Add a boolean category `<name>_na` that says which rows were filled; default true. */
  addColumns?: boolean;
}

/**
 * Fits fastai's FillMissing on one continuous column: its fill value, or undefined if no training row has a gap.
 *
 * @param values the column, NaN where missing. Only `trainRows` are looked at.
 * @throws {DataError} if no training row has a value
 */
export function fitFillMissing(
  name: string,
  values: Float64Array,
  trainRows: Uint32Array,
  options: FillMissingOptions = {},
): number | undefined {
  let gaps = 0;
  for (let i = 0; i < trainRows.length; i++) if (Number.isNaN(values[trainRows[i]])) gaps++;
  if (gaps === trainRows.length) {
    throw new DataError(
      `Column "${name}" is missing in every training row, so there is nothing to learn from it. Leave it out.`,
    );
  }
  if (gaps === 0) return undefined;
  const { strategy = "median", fill = 0 } = options;
  if (strategy === "constant") return typeof fill === "number" ? fill : (fill[name] ?? 0);
  const present = new Float64Array(trainRows.length - gaps);
  let count = 0;
  for (let i = 0; i < trainRows.length; i++) {
    const value = values[trainRows[i]];
    if (!Number.isNaN(value)) present[count++] = value;
  }
  return strategy === "median" ? median(present) : mode(present);
}

/** Most frequent value; of equally frequent ones the first seen. */
function mode(values: Float64Array): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let [best, most] = [Number.NaN, 0];
  for (const [value, count] of counts) {
    if (count > most) [best, most] = [value, count];
  }
  return best;
}

/**
 * `values` with every gap filled.
 *
 * @param fill undefined if the column had no gap in training
 * @param lenient fills such a column with `fallback` instead of throwing
 * @throws {DataError} for a gap in a column that had none in training
 */
export function applyFillMissing(
  name: string,
  values: Float64Array,
  fill: number | undefined,
  lenient: boolean,
  fallback: number,
): Float64Array {
  let row = 0;
  while (row < values.length && !Number.isNaN(values[row])) row++;
  if (row === values.length) return values;
  if (fill === undefined && !lenient) {
    throw new DataError(
      `Column "${name}" is missing in ${rowName(row)} but never was in training, so there is no fill value. Fill it first, or fit again with such rows.`,
    );
  }
  const filler = fill ?? fallback;
  const filled = values.slice();
  for (let i = row; i < filled.length; i++) if (Number.isNaN(filled[i])) filled[i] = filler;
  return filled;
}
