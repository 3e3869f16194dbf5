import { type Column, firstGap } from "./column.ts";
import type { Table } from "./table.ts";

/**
 * fastai's cont_cat_split: sorts a table's columns into continuous and categorical ones. Continuous are floats, and
 * integers with more than `maxCard` distinct values; all else is categorical. As in pandas, integers with gaps
 * count as floats.
 *
 * @param exclude names of columns in neither list, such as the target
 */
export function contCatSplit(
  table: Table,
  maxCard = 20,
  exclude: readonly string[] = [],
): { continuous: string[]; categorical: string[] } {
  const skipped = new Set(exclude);
  const columns = table.columns.filter(({ name }) => !skipped.has(name));
  const continuous = columns.filter((column) => isContinuous(column, maxCard)).map(({ name }) => name);
  const found = new Set(continuous);
  return { continuous, categorical: columns.map(({ name }) => name).filter((name) => !found.has(name)) };
}

function isContinuous(column: Column, maxCard: number): boolean {
  if (column.kind !== "number") return false;
  if (!column.integer || firstGap(column) >= 0) return true;
  return moreDistinctThan(maxCard, column.values);
}

/** Whole numbers below are ticked off in an array. */
const SMALL = 4096;

/** Whether numbers, none of them NaN, have more than so many distinct values. */
function moreDistinctThan(limit: number, values: Float64Array): boolean {
  const distinct = new Set<number>();
  const small = new Uint8Array(SMALL); // a Set takes ten times as long
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (small[value] === 1) continue;
    if (value >= 0 && value < SMALL && Number.isInteger(value)) small[value] = 1;
    distinct.add(value);
    if (distinct.size > limit) return true;
  }
  return false;
}
