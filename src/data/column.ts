/** A column of numbers. */
export interface NumberColumn {
  readonly kind: "number";
  readonly name: string;
  /** One double per row; NaN is missing. */
  readonly values: Float64Array;
  /** Every present value was written as a whole number ("3", not "3.0"). Gaps do not change this. */
  readonly integer: boolean;
}

/** A column of truth values. */
export interface BooleanColumn {
  readonly kind: "boolean";
  readonly name: string;
  /** One byte per row: 0 false, 1 true, 255 missing. */
  readonly values: Uint8Array;
}

/** A column of strings, each distinct string stored once. */
export interface TextColumn {
  readonly kind: "text";
  readonly name: string;
  /** The distinct strings, in the order they were first seen; may hold strings that no row uses. */
  readonly dictionary: readonly string[];
  /** One index into `dictionary` per row; −1 is missing. */
  readonly codes: Int32Array;
}

/** A column of points in time. */
export interface DateColumn {
  readonly kind: "date";
  readonly name: string;
  /** Milliseconds since 1970-01-01T00:00 UTC per row; NaN is missing. */
  readonly values: Float64Array;
}

export type Column = NumberColumn | BooleanColumn | TextColumn | DateColumn;
export type ColumnKind = Column["kind"];

/** What one cell of a table can hold; null is missing. */
export type CellValue = number | boolean | string | Date | null;

/** The byte that marks a gap in a boolean column. */
export const MISSING_BOOLEAN = 255;

/** Rows of a column. */
export function columnLength(column: Column): number {
  return column.kind === "text" ? column.codes.length : column.values.length;
}

/** Whether the cell of a column in a row, counted from 0, is missing. */
export function isMissing(column: Column, row: number): boolean {
  switch (column.kind) {
    case "text":
      return column.codes[row] < 0;
    case "boolean":
      return column.values[row] === MISSING_BOOLEAN;
    default:
      return Number.isNaN(column.values[row]);
  }
}

/** The cell as a JavaScript value. */
export function cellValue(column: Column, row: number): CellValue {
  if (isMissing(column, row)) return null;
  switch (column.kind) {
    case "text":
      return column.dictionary[column.codes[row]];
    case "boolean":
      return column.values[row] === 1;
    case "date":
      return new Date(column.values[row]);
    default:
      return column.values[row];
  }
}

/** The column's rows at `rows`, in that order, copied. */
export function takeRows(column: Column, rows: Uint32Array): Column {
  const gather = <T extends Float64Array | Uint8Array | Int32Array>(from: T, to: T): T => {
    for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]];
    return to;
  };
  switch (column.kind) {
    case "text":
      return { ...column, codes: gather(column.codes, new Int32Array(rows.length)) };
    case "boolean":
      return { ...column, values: gather(column.values, new Uint8Array(rows.length)) };
    default:
      return { ...column, values: gather(column.values, new Float64Array(rows.length)) };
  }
}

/** A view of the first `rows` rows. */
export function firstRows(column: Column, rows: number): Column {
  switch (column.kind) {
    case "text":
      return { ...column, codes: column.codes.subarray(0, rows) };
    case "boolean":
      return { ...column, values: column.values.subarray(0, rows) };
    default:
      return { ...column, values: column.values.subarray(0, rows) };
  }
}

/** The first row with a gap, or −1. */
export function firstGap(column: Column): number {
  if (column.kind === "text") return column.codes.indexOf(-1);
  if (column.kind === "boolean") return column.values.indexOf(MISSING_BOOLEAN);
  for (let row = 0; row < column.values.length; row++) if (Number.isNaN(column.values[row])) return row;
  return -1;
}

/** Whether no row has a value. Such a column's kind says nothing: it reads as numbers. */
export function isEmpty(column: Column): boolean {
  if (column.kind === "text") return column.codes.every((code) => code < 0);
  if (column.kind === "boolean") return column.values.every((value) => value === MISSING_BOOLEAN);
  return column.values.every(Number.isNaN);
}
