import { DataError } from "../errors.ts";
import { type Column, cellValue, columnLength, firstGap, isMissing, type TextColumn } from "./column.ts";
import { firstNotNumber, isMostlyNumbers } from "./continuous.ts";
import { formatDate } from "./dates.ts";
import type { TargetState, VocabValue } from "./preprocessing_state.ts";
import { rowName, rowNames } from "./row_name.ts";
import type { Table } from "./table.ts";

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
        `Target "${column.name}" is ${showCell(column, row)} in ${rowName(row)}, a class that no training row has. Leave such rows out, or split so that training sees every class.`,
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
        `Target "${column.name}" is ${showCell(column, row)} in ${rowName(row)}; a label of a multilabel task is 0 or 1 (or true or false).`,
      );
    }
    out[row * width + offset] = value;
  }
}

function encodeNumbers(column: Column, log: boolean, out: Float32Array, width: number, offset: number): void {
  if (column.kind === "text") throw textTarget(column);
  if (column.kind === "date") {
    throw new DataError(
      `Target "${column.name}" holds dates (${showCell(column, 0)} in ${rowName(0)}), but a regression needs numbers. Choose another target.`,
    );
  }
  for (let row = 0; row < column.values.length; row++) {
    const value = column.values[row];
    if (log && !(value > 0)) {
      throw new DataError(
        `Target "${column.name}" is ${value} in ${rowName(row)}, which has no logarithm. Leave out rows that are not positive, or logTarget.`,
      );
    }
    const encoded = Math.fround(log ? Math.log(value) : value);
    if (!Number.isFinite(encoded)) {
      throw new DataError(
        `Target "${column.name}" is ${value} in ${rowName(row)}; a target must be finite and within ±3.4e38. Correct or leave out the row.`,
      );
    }
    out[row * width + offset] = encoded;
  }
}

/** Shows the first cell that is no number: one bad cell makes a whole column text. */
function textTarget(column: TextColumn): DataError {
  const { name } = column;
  const row = firstNotNumber(column);
  if (row < 0) {
    return new DataError(
      `Target "${name}" holds text, although it reads like numbers (${showCell(column, 0)} in ${rowName(0)}), but a regression needs numbers. Read it as numbers: readCsv(file, { types: { "${name}": "number" } }).`,
    );
  }
  const remedy = isMostlyNumbers(column)
    ? "Correct that cell and others like it, or leave such rows out."
    : 'Choose another target, or task: "classification".';
  return new DataError(
    `Target "${name}" holds text (${showCell(column, row)} in ${rowName(row)}), but a regression needs numbers. ${remedy}`,
  );
}

/** @throws {DataError} for a target with gaps; the message lists the first rows */
export function refuseGaps(column: Column): void {
  if (firstGap(column) < 0) return;
  const rows: number[] = [];
  let gaps = 0;
  const count = columnLength(column);
  for (let row = 0; row < count; row++) {
    if (!isMissing(column, row)) continue;
    gaps++;
    if (rows.length < 5) rows.push(row);
  }
  if (gaps === count) {
    throw new DataError(`Target "${column.name}" is missing in every row. Choose another target.`);
  }
  throw new DataError(
    `Target "${column.name}" is missing in ${gaps} of ${count} rows: ${rowNames(rows, gaps > rows.length)}. Leave these rows out, or fill in the target.`,
  );
}

/** A present cell as a class label. */
export function labelOf(column: Column, row: number): VocabValue {
  const value = cellValue(column, row);
  return value instanceof Date ? formatDate(value.getTime()) : (value as VocabValue);
}

/** A cell as an error message shows it. */
export function showCell(column: Column, row: number): string {
  const value = cellValue(column, row);
  if (value instanceof Date) return formatDate(value.getTime());
  return typeof value === "string" ? `"${value}"` : String(value);
}
