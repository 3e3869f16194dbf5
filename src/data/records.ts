import { DataError } from "../errors.ts";
import { type Column, type ColumnKind, MISSING_BOOLEAN } from "./column.ts";
import { parseDate } from "./dates.ts";
import { type InputColumn, inputColumns, type PreprocessingState } from "./preprocessing_state.ts";
import { rowName } from "./row_name.ts";

type Rows = readonly Record<string, unknown>[];

/** The columns behind `Table.fromRecords`; see there. */
export function columnsFromRecords(records: Rows, like?: PreprocessingState): Column[] {
  if (like) return inputColumns(like).map((input) => columnLike(records, input));
  const names = new Set<string>();
  for (const record of records) for (const name of Object.keys(record)) names.add(name);
  return [...names].map((name) => {
    const values = records.map((record) => record[name]);
    return buildColumn(name, kindOfAll(name, values), values);
  });
}

const isGap = (value: unknown) => value === null || value === undefined || Number.isNaN(value);

/** The kind of one value; undefined for what no column can hold. */
function kindOf(value: unknown): ColumnKind | undefined {
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "string") return "text";
  return value instanceof Date ? "date" : undefined;
}

function kindOfAll(name: string, values: unknown[]): ColumnKind {
  let kind: ColumnKind | undefined;
  let firstRow = 0;
  for (let row = 0; row < values.length; row++) {
    if (isGap(values[row])) continue;
    const found = kindOf(values[row]);
    if (!found) {
      throw new DataError(
        `Column "${name}" holds ${show(values[row])} in ${rowName(row)}; a cell is a number, text, true, false, a Date or null.`,
      );
    }
    if (kind && found !== kind) {
      throw new DataError(
        `Column "${name}" mixes ${kind} (${show(values[firstRow])} in ${rowName(firstRow)}) and ${found} (${show(values[row])} in ${rowName(row)}). Convert one of them; a column holds one kind of value.`,
      );
    }
    if (!kind) {
      kind = found;
      firstRow = row;
    }
  }
  return kind ?? "number";
}

/** The records' column for an input of a fitted state; every record must have the key, every value the kind. */
function columnLike(records: Rows, { name, type }: InputColumn): Column {
  const values = records.map((record, row) => {
    if (!Object.hasOwn(record, name)) {
      throw new DataError(
        `Column "${name}", which the model was trained on, is not there in ${rowName(row)}. Give every row a value for it, or null where it is unknown.`,
      );
    }
    const value = record[name];
    if (!isGap(value) && !accepts(type, value)) {
      throw new DataError(
        `Column "${name}" holds ${show(value)} in ${rowName(row)}, but held ${expectation(type)} in training. Convert the value; "3" and 3 are different categories.`,
      );
    }
    return value;
  });
  if (type !== "continuous") return buildColumn(name, type, values);
  return buildColumn(
    name,
    "number",
    values.map((value) => (typeof value === "boolean" ? Number(value) : value)),
  );
}

function accepts(type: InputColumn["type"], value: unknown): boolean {
  if (type === "continuous") return typeof value === "number" || typeof value === "boolean";
  if (type === "date") return !Number.isNaN(toMilliseconds(value));
  return kindOf(value) === type;
}

function expectation(type: InputColumn["type"]): string {
  if (type === "continuous" || type === "number") return "numbers";
  if (type === "boolean") return "true and false";
  return type === "date" ? "dates (a Date, or text like 2015-07-31)" : "text";
}

function toMilliseconds(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  return typeof value === "string" ? parseDate(value.trim()) : Number.NaN;
}

/** A column of checked values. */
function buildColumn(name: string, kind: ColumnKind, values: unknown[]): Column {
  switch (kind) {
    case "boolean": {
      const bytes = Uint8Array.from(values, (value) => (isGap(value) ? MISSING_BOOLEAN : Number(value)));
      return { kind, name, values: bytes };
    }
    case "date":
      return { kind, name, values: Float64Array.from(values, toMilliseconds) };
    case "number": {
      const numbers = Float64Array.from(values, (value) => (isGap(value) ? Number.NaN : (value as number)));
      const integer = numbers.every((value) => Number.isNaN(value) || Number.isInteger(value));
      return { kind, name, values: numbers, integer };
    }
    case "text": {
      const index = new Map<string, number>();
      const codes = Int32Array.from(values, (value) => {
        if (isGap(value)) return -1;
        const code = index.get(value as string) ?? index.size;
        index.set(value as string, code);
        return code;
      });
      return { kind, name, dictionary: [...index.keys()], codes };
    }
  }
}

/** A value as an error message shows it. */
function show(value: unknown): string {
  if (typeof value === "string") return `the text "${value}"`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
  return typeof value === "object" ? `an ${Array.isArray(value) ? "array" : "object"}` : String(value);
}
