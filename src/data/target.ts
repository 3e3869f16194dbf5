import { DataError, OptionError } from "../errors.ts";
import { type Column, cellValue, isMissing } from "./column.ts";
import { compareLevels } from "./compare.ts";
import { formatDate } from "./dates.ts";
import type { TargetState, Task, VocabValue } from "./preprocessing_state.ts";
import type { Table } from "./table.ts";

export interface TargetOptions {
  target: string | readonly string[];
  task?: Task;
  logTarget?: boolean;
  recipe: "v1" | "v2";
}

/**
 * The task a target asks for. One column: a float is a regression, text and truth values are a classification,
 * integers are a regression in v2 and a classification in v1. Several numeric columns are a regression, and so is
 * whatever is to be learned as a logarithm.
 */
function taskOf(columns: readonly Column[], { task, logTarget, recipe }: TargetOptions): Task {
  if (task) return task;
  if (logTarget) return "regression";
  if (columns.length === 1) {
    const [column] = columns;
    if (column.kind === "number") return column.integer && recipe === "v1" ? "classification" : "regression";
    return "classification";
  }
  const odd = columns.find(({ kind }) => kind !== "number");
  if (odd) {
    throw new DataError(
      `Target "${odd.name}" holds ${odd.kind === "boolean" ? "truth values" : odd.kind}; several targets without a task must all be numbers. ` +
        `For several 0/1 labels pass task: "multilabel"; for a class name a single target.`,
    );
  }
  return "regression";
}

/**
 * Decides the task and, for a classification, fits the classes: the sorted distinct labels of the training rows,
 * without "#na#".
 *
 * @throws {DataError} if a target has gaps, is constant over the training rows or does not suit the task
 */
export function fitTarget(table: Table, trainRows: Uint32Array, options: TargetOptions): TargetState {
  const names = typeof options.target === "string" ? [options.target] : [...options.target];
  if (names.length === 0) throw new OptionError("target is an empty list; name at least one column.");
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new OptionError(`target names "${twice}" twice; name each column once.`);
  const columns = names.map((name) => table.column(name));
  for (const column of columns) refuseGaps(column);
  const task = taskOf(columns, options);
  if (options.logTarget && task !== "regression") {
    throw new OptionError(
      `logTarget is set, but the task is ${task}; only a regression target has a logarithm.`,
    );
  }
  const constant = columns.filter((column) => isConstant(column, trainRows));
  if (constant.length > 0 && (task !== "multilabel" || constant.length === columns.length)) {
    throw new DataError(
      `Target "${constant[0].name}" is ${show(constant[0], trainRows[0])} in every training row, so there is nothing to learn. Choose another target or other training rows.`,
    );
  }
  if (task === "classification") return fitClasses(columns, trainRows);
  const state: TargetState =
    task === "regression" ? { task, names, log: options.logTarget ?? false } : { task, names };
  encodeTarget(table, state); // every value is checked now rather than in the first epoch
  return state;
}

function fitClasses(columns: readonly Column[], trainRows: Uint32Array): TargetState {
  if (columns.length > 1) {
    throw new OptionError(
      `A classification has one target, got ${columns.length}. For several 0/1 labels pass task: "multilabel".`,
    );
  }
  const [column] = columns;
  const classes = new Set<VocabValue>();
  for (const row of trainRows) classes.add(labelOf(column, row));
  if (classes.size === trainRows.length && classes.size > 2) {
    throw new DataError(
      `Target "${column.name}" has a different class in each of the ${trainRows.length} training rows, so no class can be learned. Choose another target${column.kind === "number" ? ', or task: "regression"' : ""}.`,
    );
  }
  return { task: "classification", names: [column.name], classes: [...classes].sort(compareLevels) };
}

/** A present cell as a class label. */
function labelOf(column: Column, row: number): VocabValue {
  const value = cellValue(column, row);
  return value instanceof Date ? formatDate(value.getTime()) : (value as VocabValue);
}

/** Rows whose label is none of the classes; empty for other tasks. */
export function rowsOfUnknownClass(table: Table, target: TargetState, rows: Uint32Array): Uint32Array {
  if (target.task !== "classification") return new Uint32Array();
  const column = table.column(target.names[0]);
  const classes = new Set(target.classes);
  return rows.filter((row) => !classes.has(labelOf(column, row)));
}

/**
 * Targets as the loss takes them: [rows, targets] row-major, natural logarithm taken if `log`, class index for a
 * classification, 0 or 1 per label.
 *
 * @param unknownClass whether a class not in the state throws or is NaN
 * @throws {DataError} for gaps, unknown classes, infinite values, logarithms of nothing positive, labels beyond 0/1
 */
export function encodeTarget(
  table: Table,
  target: TargetState,
  unknownClass: "throw" | "nan" = "throw",
): Float32Array {
  const width = target.names.length;
  const out = new Float32Array(table.rows * width);
  target.names.forEach((name, offset) => {
    const column = table.column(name);
    refuseGaps(column);
    if (target.task === "classification") encodeClasses(column, target.classes, out, unknownClass);
    else if (target.task === "multilabel") encodeLabels(column, out, width, offset);
    else encodeNumbers(column, target.log, out, width, offset);
  });
  return out;
}

function encodeClasses(
  column: Column,
  classes: readonly VocabValue[],
  out: Float32Array,
  unknownClass: "throw" | "nan",
): void {
  const index = new Map(classes.map((label, i) => [label, i]));
  for (let row = 0; row < out.length; row++) {
    const code = index.get(labelOf(column, row));
    if (code === undefined && unknownClass === "throw") {
      throw new DataError(
        `Target "${column.name}" is ${show(column, row)} in row ${row}, a class that no training row has. Leave such rows out, or split so that training sees every class.`,
      );
    }
    out[row] = code ?? Number.NaN;
  }
}

function encodeLabels(column: Column, out: Float32Array, width: number, offset: number): void {
  for (let row = 0; row < out.length / width; row++) {
    const value = Number(column.kind === "text" ? Number.NaN : column.values[row]);
    if (value !== 0 && value !== 1) {
      throw new DataError(
        `Target "${column.name}" is ${show(column, row)} in row ${row}; a label of a multilabel task is 0 or 1 (or true or false).`,
      );
    }
    out[row * width + offset] = value;
  }
}

function encodeNumbers(column: Column, log: boolean, out: Float32Array, width: number, offset: number): void {
  if (column.kind === "text" || column.kind === "date") {
    throw new DataError(
      `Target "${column.name}" holds ${column.kind === "text" ? "text" : "dates"} (row 0: ${show(column, 0)}), but a regression needs numbers. ` +
        `Choose another target${column.kind === "text" ? ', or task: "classification"' : ""}.`,
    );
  }
  for (let row = 0; row < column.values.length; row++) {
    const value = column.values[row];
    if (log && !(value > 0)) {
      throw new DataError(
        `Target "${column.name}" is ${value} in row ${row}, which has no logarithm. Leave out rows that are not positive, or logTarget.`,
      );
    }
    const encoded = Math.fround(log ? Math.log(value) : value);
    if (!Number.isFinite(encoded)) {
      throw new DataError(
        `Target "${column.name}" is ${value} in row ${row}; a target must be finite and within ±3.4e38. Correct or leave out the row.`,
      );
    }
    out[row * width + offset] = encoded;
  }
}

function refuseGaps(column: Column): void {
  const rows: number[] = [];
  let gaps = 0;
  const count = column.kind === "text" ? column.codes.length : column.values.length;
  for (let row = 0; row < count; row++) {
    if (!isMissing(column, row)) continue;
    gaps++;
    if (rows.length < 5) rows.push(row);
  }
  if (gaps === 0) return;
  if (gaps === count) {
    throw new DataError(`Target "${column.name}" is missing in every row. Choose another target.`);
  }
  const where = `${gaps === 1 ? "row" : "rows"} ${rows.join(", ")}${gaps > rows.length ? ", …" : ""}`;
  throw new DataError(
    `Target "${column.name}" is missing in ${gaps} of ${count} rows (${where}, counted from 0). Leave these rows out, or fill in the target.`,
  );
}

function isConstant(column: Column, rows: Uint32Array): boolean {
  const values = column.kind === "text" ? column.codes : column.values;
  return rows.every((row) => values[row] === values[rows[0]]);
}

/** A cell as an error message shows it. */
function show(column: Column, row: number): string {
  const value = cellValue(column, row);
  if (value instanceof Date) return formatDate(value.getTime());
  return typeof value === "string" ? `"${value}"` : String(value);
}
