import { DataError, OptionError } from "../errors.ts";
import type { Column } from "./column.ts";
import { compareLevels } from "./compare.ts";
import { firstNotNumber, isMostlyNumbers } from "./continuous.ts";
import { encodeTarget, labelOf, refuseGaps, showCell } from "./encode_target.ts";
import type { TargetState, Task, VocabValue } from "./preprocessing_state.ts";
import { rowName } from "./row_name.ts";
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
      `Target "${odd.name}" holds ${describeKind(odd)}; several targets without a task must all be numbers. ` +
        `For several 0/1 labels pass task: "multilabel"; for a class name a single target.`,
    );
  }
  return "regression";
}

function describeKind(column: Column): string {
  if (column.kind !== "text") return column.kind === "boolean" ? "truth values" : `${column.kind}s`;
  const row = firstNotNumber(column);
  return row < 0 ? "text" : `text (${showCell(column, row)} in ${rowName(row)})`;
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
      `Target "${constant[0].name}" is ${showCell(constant[0], trainRows[0])} in every training row, so there is nothing to learn. Choose another target or other training rows.`,
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
  for (const row of trainRows) {
    const label = labelOf(column, row);
    if (typeof label === "number" && !Number.isFinite(label)) {
      throw new DataError(
        `Target "${column.name}" is ${label} in ${rowName(row)}, which is no class. Correct the row.`,
      );
    }
    classes.add(label);
  }
  if (classes.size === trainRows.length && classes.size > 2) {
    throw new DataError(
      `Target "${column.name}" has a different class in each of the ${trainRows.length} training rows, so no class can be learned. ${remedyForNoClasses(column)}`,
    );
  }
  return { task: "classification", names: [column.name], classes: [...classes].sort(compareLevels) };
}

/** A column of numbers with a bad cell is text, and so a classification: the cell is what the user must see. */
function remedyForNoClasses(column: Column): string {
  if (column.kind === "number") return 'Choose another target, or task: "regression".';
  if (column.kind !== "text" || !isMostlyNumbers(column)) return "Choose another target.";
  const row = firstNotNumber(column);
  return row < 0
    ? `If it is numbers, read it as such: readCsv(file, { types: { "${column.name}": "number" } }).`
    : `If it is numbers, correct ${showCell(column, row)} in ${rowName(row)}, or leave such rows out.`;
}

function isConstant(column: Column, rows: Uint32Array): boolean {
  const values = column.kind === "text" ? column.codes : column.values;
  return rows.every((row) => values[row] === values[rows[0]]);
}

/** Rows whose label is none of the classes; empty for other tasks. */
export function rowsOfUnknownClass(table: Table, target: TargetState, rows: Uint32Array): Uint32Array {
  if (target.task !== "classification") return new Uint32Array();
  const column = table.column(target.names[0]);
  const classes = new Set(target.classes);
  return rows.filter((row) => !classes.has(labelOf(column, row)));
}
