import { DataError } from "../errors.ts";
import { type Column, isEmpty, MISSING_BOOLEAN, type TextColumn } from "./column.ts";
import { parseNumber } from "./infer_type.ts";
import { rowName } from "./row_name.ts";

/**
 * A column as numbers, NaN where missing; true is 1, false 0.
 *
 * @throws {DataError} for text, dates and infinite values, with the first row that holds one
 */
export function continuousValues(column: Column): Float64Array {
  switch (column.kind) {
    case "number":
      refuseInfinite(column.name, column.values);
      return column.values;
    case "boolean":
      return numbersOf(column.values);
    case "date":
      if (column.values.every(Number.isNaN)) return column.values;
      throw new DataError(
        `Column "${column.name}" holds dates, which are not numbers. Expand it with dates: ["${column.name}"], or use it as a category.`,
      );
    case "text":
      if (isEmpty(column)) return new Float64Array(column.codes.length).fill(Number.NaN);
      throw textInNumbers(column);
  }
}

function numbersOf(bytes: Uint8Array): Float64Array {
  const values = new Float64Array(bytes.length);
  for (let row = 0; row < bytes.length; row++) {
    values[row] = bytes[row] === MISSING_BOOLEAN ? Number.NaN : bytes[row];
  }
  return values;
}

/** The first row whose text is no number, or −1. */
export function firstNotNumber({ dictionary, codes }: TextColumn): number {
  const spoils = dictionary.map(isNoNumber);
  return codes.findIndex((code) => code >= 0 && spoils[code]);
}

/** Whether less than `share` of the distinct texts are no numbers: these are surely mistakes or marks. */
export function isMostlyNumbers({ dictionary }: TextColumn, share = 0.5): boolean {
  return dictionary.filter(isNoNumber).length < dictionary.length * share;
}

function isNoNumber(text: string): boolean {
  return Number.isNaN(parseNumber(text.trim()));
}

/** Names the text that spoils a numeric column: the first that is no number, if there is one. */
function textInNumbers(column: TextColumn): DataError {
  const { name, dictionary, codes } = column;
  const first = firstNotNumber(column);
  if (first < 0) {
    return new DataError(
      `Column "${name}" holds text, not numbers, although its text reads like numbers. Read it as numbers: readCsv(file, { types: { "${name}": "number" } }).`,
    );
  }
  const text = dictionary[codes[first]];
  return new DataError(
    `Column "${name}" is numeric, but holds the text "${text}" in ${rowName(first)}. Correct it, leave the cell empty if it is unknown, or list the mark with readCsv(file, { missing: ["", "${text}"] }).`,
  );
}

function refuseInfinite(name: string, values: Float64Array): void {
  for (let row = 0; row < values.length; row++) {
    if (Math.abs(values[row]) !== Number.POSITIVE_INFINITY) continue;
    throw new DataError(
      `Column "${name}" is infinite in ${rowName(row)}. Replace it by a number, or by nothing if it is unknown.`,
    );
  }
}
