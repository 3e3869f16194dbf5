/** Which rows are held out for validation. */
import type { Column, Table, ValidSplit } from "tabgpu";
import { seeded } from "../worker/sampling.ts";
import { PlanError } from "./plan_error.ts";
import type { DataPlan } from "./types.ts";

/** The library's split for a plan; rows counted in `table`. */
export function holdOut(table: Table, { valid, seed }: Pick<DataPlan, "valid" | "seed">): ValidSplit {
  const { rows } = table;
  if (valid.kind === "random") return { fraction: valid.fraction, seed };
  if (valid.by === null) return { last: countOf(valid.fraction, rows) };
  const column = table.column(valid.by);
  if (column.kind !== "date")
    throw new PlanError("valid", `“${valid.by}” holds no dates to sort the rows by.`);
  return { indices: newestRows(column.values, valid.fraction) };
}

function countOf(fraction: number, rows: number): number {
  return Math.max(1, Math.floor(fraction * rows));
}

/** The newest rows, whole instants (days) together: about `fraction` of those that have a date. */
export function newestRows(dates: Float64Array, fraction: number): Uint32Array {
  const sorted = dates.filter((date) => !Number.isNaN(date)).sort();
  if (sorted.length === 0) return new Uint32Array();
  const cut = sorted[sorted.length - countOf(fraction, sorted.length)];
  // The day of the cut goes to training, unless it is the last one.
  const from = cut < sorted[sorted.length - 1] ? cut : Number.NEGATIVE_INFINITY;
  const isHeld = (date: number) => (from === Number.NEGATIVE_INFINITY ? date >= cut : date > from);
  return rowsWhere(dates.length, (row) => isHeld(dates[row]));
}

/**
 * For a classification: every class in training, the share of each class held out as planned. Rows are drawn by the seed.
 * A time split moves the held-out rows of classes that training would not see to training.
 *
 * @returns rows held out, ascending, and how many were moved
 */
export function holdOutByClass(
  target: Column,
  rows: number,
  plan: Pick<DataPlan, "valid" | "seed">,
  byTime: Uint32Array | null,
): { indices: Uint32Array; moved: number } {
  const codes = classCodes(target, rows);
  const held = byTime ? marksOf(byTime, rows) : drawnByClass(codes, plan.valid.fraction, plan.seed);
  const trained = new Set<number>();
  for (let row = 0; row < rows; row++) if (held[row] === 0) trained.add(codes[row]);
  let moved = 0;
  for (let row = 0; row < rows; row++) {
    if (held[row] === 0 || trained.has(codes[row])) continue;
    held[row] = 0;
    moved++;
  }
  return { indices: rowsWhere(rows, (row) => held[row] === 1), moved };
}

/** A number per row that tells classes apart. */
function classCodes(target: Column, rows: number): Int32Array {
  if (target.kind === "text") return target.codes;
  const codeOf = new Map<number, number>();
  const codes = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const value = target.values[row];
    let code = codeOf.get(value);
    if (code === undefined) {
      code = codeOf.size;
      codeOf.set(value, code);
    }
    codes[row] = code;
  }
  return codes;
}

/** Of each class its share, rounded to the nearest, one row at least left to training. */
function drawnByClass(codes: Int32Array, fraction: number, seed: number): Uint8Array {
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < codes.length; row++) {
    const rows = rowsOf.get(codes[row]);
    if (rows) rows.push(row);
    else rowsOf.set(codes[row], [row]);
  }
  const held = new Uint8Array(codes.length);
  const random = seeded(seed);
  for (const rows of rowsOf.values()) {
    const count = Math.min(rows.length - 1, Math.round(fraction * rows.length));
    for (let i = 0; i < count; i++) {
      const at = i + Math.floor(random() * (rows.length - i));
      [rows[i], rows[at]] = [rows[at], rows[i]];
      held[rows[i]] = 1;
    }
  }
  return held;
}

function marksOf(rows: Uint32Array, length: number): Uint8Array {
  const marks = new Uint8Array(length);
  for (const row of rows) marks[row] = 1;
  return marks;
}

function rowsWhere(length: number, holds: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(length);
  let count = 0;
  for (let row = 0; row < length; row++) if (holds(row)) rows[count++] = row;
  return rows.slice(0, count);
}
