import { DataError, OptionError } from "../errors.ts";
import { Random } from "../random.ts";
import { firstGap } from "./column.ts";
import { rowName } from "./row_name.ts";
import { listNames } from "./suggest.ts";
import type { Table } from "./table.ts";

/** Which rows are held out for validation. */
export type ValidSplit =
  /** The first n rows: right for tables sorted newest first. */
  | { first: number }
  /** The last n rows: right for tables sorted oldest first. */
  | { last: number }
  /** A random share of the rows, rounded down; the same for the same seed (default 42). */
  | { fraction: number; seed?: number }
  /** These rows, counted from 0, in this order. */
  | { indices: ArrayLike<number> }
  /** The rows in which this true/false or 0/1 column is true. */
  | { column: string }
  /** No validation: every row trains. */
  | "none";

/** Row numbers of the two parts; training rows ascend. */
export interface Split {
  trainRows: Uint32Array;
  validRows: Uint32Array;
}

/** Keeps the split's random numbers apart from the ones that initialise the weights. */
const SPLIT_STREAM = 1;

/**
 * Splits a table into training and validation rows.
 *
 * @throws {OptionError} for a split that leaves either part without rows
 * @throws {DataError} for a split column that is not true/false or 0/1
 */
export function splitRows(table: Table, valid: ValidSplit, seed = 42): Split {
  const rows = table.rows;
  if (valid === "none") return { trainRows: range(0, rows), validRows: new Uint32Array() };
  const held = heldOutRows(table, valid, seed);
  const isValid = new Uint8Array(rows);
  for (const row of held) isValid[row] = 1;
  const trainRows = rowsWhere(isValid, 0);
  if (held.length === 0) {
    throw new OptionError(
      `valid: ${JSON.stringify(valid)} holds out none of the ${rows} rows. Hold out at least one, or pass valid: "none" to train on all.`,
    );
  }
  if (trainRows.length === 0) {
    throw new OptionError(
      `valid: ${JSON.stringify(valid)} leaves no training rows: the table has ${rows}. Hold out fewer.`,
    );
  }
  return { trainRows, validRows: held };
}

function heldOutRows(table: Table, valid: Exclude<ValidSplit, "none">, seed: number): Uint32Array {
  const rows = table.rows;
  if ("first" in valid) return range(0, checkCount("first", valid.first, rows));
  if ("last" in valid) return range(rows - checkCount("last", valid.last, rows), rows);
  if ("fraction" in valid) {
    const { fraction } = valid;
    if (!(fraction > 0 && fraction < 1)) {
      throw new OptionError(`valid.fraction is ${fraction}; it must lie between 0 and 1, such as 0.2.`);
    }
    const order = new Random(valid.seed ?? seed, SPLIT_STREAM).shuffle(range(0, rows));
    return order.slice(0, Math.floor(fraction * rows)).sort();
  }
  if ("column" in valid) return flaggedRows(table, valid.column);
  if ("indices" in valid) return checkedIndices(valid.indices, rows);
  throw new OptionError(
    `valid has the keys ${listNames(Object.keys(valid))}; give { first }, { last }, { fraction }, { indices }, { column } or "none".`,
  );
}

function range(from: number, to: number): Uint32Array {
  const rows = new Uint32Array(to - from);
  for (let i = 0; i < rows.length; i++) rows[i] = from + i;
  return rows;
}

/** The rows that hold `value`, ascending. */
function rowsWhere(values: Uint8Array | Int32Array | Float64Array, value: number): Uint32Array {
  const rows = new Uint32Array(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row++) if (values[row] === value) rows[count++] = row;
  return rows.slice(0, count);
}

function checkCount(key: "first" | "last", count: number, rows: number): number {
  if (!Number.isInteger(count) || count < 1) {
    throw new OptionError(`valid.${key} is ${count}; it must be a positive number of rows.`);
  }
  if (count >= rows) {
    throw new OptionError(
      `valid.${key} is ${count}, but the table has ${rows} rows; at least one must be left for training. Hold out fewer.`,
    );
  }
  return count;
}

function checkedIndices(indices: ArrayLike<number>, rows: number): Uint32Array {
  const seen = new Set<number>();
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i];
    if (!Number.isInteger(row) || row < 0 || row >= rows) {
      throw new OptionError(`valid.indices[${i}] is ${row}; rows are counted from 0 to ${rows - 1}.`);
    }
    if (seen.has(row))
      throw new OptionError(`valid.indices names ${rowName(row)} twice; name each row once.`);
    seen.add(row);
  }
  return Uint32Array.from(seen);
}

function flaggedRows(table: Table, name: string): Uint32Array {
  const column = table.column(name);
  const gap = firstGap(column);
  if (gap >= 0) {
    throw new DataError(
      `The split column "${name}" is missing in ${rowName(gap)}. Say true or false in every row.`,
    );
  }
  const odd =
    column.kind === "number" || column.kind === "boolean"
      ? column.values.findIndex((value) => value !== 0 && value !== 1)
      : 0;
  if (odd >= 0) {
    throw new DataError(
      `The split column "${name}" is neither true/false nor 0/1 in ${rowName(odd)}. Mark validation rows with true or 1, training rows with false or 0.`,
    );
  }
  const values = column.kind === "text" ? column.codes : column.values;
  return rowsWhere(values, 1);
}
