/** What Parquet's values become in a table: typed columns, filled chunk by chunk. */
import type { DecodedArray, ParquetParsers, SchemaElement } from "hyparquet";
import type { Column } from "tabgpu";

const DAY = 86_400_000;
const MISSING_BOOLEAN = 255;

/** Times as milliseconds rather than Date objects, JSON as it is written, long integers as numbers where they are exact. */
export const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value: bigint | undefined) => {
    const number = Number(value ?? Number.NaN);
    return Number.isSafeInteger(number) ? number : value;
  },
  timestampFromMicroseconds: (micros: bigint | undefined) => Number(micros ?? Number.NaN) / 1000,
  timestampFromNanoseconds: (nanos: bigint | undefined) =>
    nanos === undefined ? Number.NaN : Number(nanos / 1000n) / 1000,
  dateFromDays: (days: number | undefined) => (days ?? Number.NaN) * DAY,
  jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes),
};

/**
 * Has hyparquet ask the parser of milliseconds for plain 64-bit integers: a column's dictionary becomes numbers once, and
 * not every cell a BigInt, which would cost twice the time. Only after {@link cellReaderFor} has seen what the column is.
 */
export function readLongsAsNumbers(element: SchemaElement): void {
  const { type, converted_type, logical_type } = element;
  const plain = converted_type === undefined || converted_type === "INT_64";
  const signed = logical_type === undefined || (logical_type.type === "INTEGER" && logical_type.isSigned);
  if (type === "INT64" && plain && signed) element.converted_type = "TIMESTAMP_MILLIS";
}

/** Values of one column, taken as they are read. */
export interface CellReader {
  /** Whether all values so far are held exactly. */
  readonly exact: boolean;
  /** @param from the table's row of the first value */
  take(values: DecodedArray, from: number): void;
  finish(name: string): Column;
}

/** Why no column of a table can hold these values, or null. */
export function unreadableReason(element: SchemaElement, nested: boolean): string | null {
  const { type, repetition_type, converted_type, logical_type } = element;
  const logical = logical_type?.type;
  if (nested || repetition_type === "REPEATED") {
    const what = nestedName(element);
    return `it holds ${what}, and a cell holds one value. Write each part as a column of its own.`;
  }
  if (converted_type === "BSON" || logical === "BSON") return "it holds BSON, which is not read here.";
  if (converted_type === "INTERVAL")
    return "it holds intervals, which are not read here. Write them as numbers.";
  if (logical === "GEOMETRY" || logical === "GEOGRAPHY") return "it holds shapes, which are not read here.";
  const known = converted_type === "DECIMAL" || logical === "UUID" || logical === "FLOAT16";
  if (type === "FIXED_LEN_BYTE_ARRAY" && !known) return "it holds bytes without a meaning.";
  return null;
}

function nestedName({ converted_type, logical_type, repetition_type }: SchemaElement): string {
  const kind = converted_type ?? logical_type?.type;
  if (kind === "LIST" || repetition_type === "REPEATED") return "lists";
  return kind === "MAP" || kind === "MAP_KEY_VALUE" ? "maps" : "structures";
}

export function cellReaderFor(element: SchemaElement, rows: number): CellReader {
  const { type, converted_type, logical_type, scale = 0 } = element;
  const logical = logical_type?.type;
  if (type === "BOOLEAN") return new BooleanCells(rows);
  if (converted_type === "DATE" || converted_type?.startsWith("TIMESTAMP")) return new DateCells(rows, 1);
  if (logical === "DATE") return new DateCells(rows, DAY); // hyparquet leaves days as they are then
  if (logical === "TIMESTAMP" || (type === "INT96" && !converted_type)) return new DateCells(rows, 1);
  if (converted_type === "DECIMAL") return new NumberCells(rows, scale === 0, 10 ** scale);
  if (type === "INT32" || type === "INT64") return new NumberCells(rows, true, 1);
  if (type === "FLOAT" || type === "DOUBLE" || logical === "FLOAT16") return new NumberCells(rows, false, 1);
  return new TextCells(rows);
}

class NumberCells implements CellReader {
  readonly #values: Float64Array;
  readonly #integer: boolean;
  /** What hyparquet divided a decimal's whole number by; once more, rounded, it is the nearest double. */
  readonly #divisor: number;
  exact = true;

  constructor(rows: number, integer: boolean, divisor: number) {
    this.#values = new Float64Array(rows).fill(Number.NaN);
    this.#integer = integer;
    this.#divisor = divisor;
  }

  take(values: DecodedArray, from: number): void {
    const into = this.#values;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value === null || value === undefined) continue;
      const number = Number(value);
      if (this.#integer && !Number.isSafeInteger(number)) this.exact = false;
      into[from + i] = this.#divisor === 1 ? number : Math.round(number * this.#divisor) / this.#divisor;
    }
  }

  finish(name: string): Column {
    return { kind: "number", name, values: this.#values, integer: this.#integer };
  }
}

class DateCells implements CellReader {
  readonly #values: Float64Array;
  readonly #unit: number;
  readonly exact = true;

  /** @param unit milliseconds of a step */
  constructor(rows: number, unit: number) {
    this.#values = new Float64Array(rows).fill(Number.NaN);
    this.#unit = unit;
  }

  take(values: DecodedArray, from: number): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value !== null && value !== undefined)
        this.#values[from + i] = Math.floor(Number(value) * this.#unit);
    }
  }

  finish(name: string): Column {
    return { kind: "date", name, values: this.#values };
  }
}

class BooleanCells implements CellReader {
  readonly #values: Uint8Array;
  readonly exact = true;

  constructor(rows: number) {
    this.#values = new Uint8Array(rows).fill(MISSING_BOOLEAN);
  }

  take(values: DecodedArray, from: number): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value !== null && value !== undefined) this.#values[from + i] = value ? 1 : 0;
    }
  }

  finish(name: string): Column {
    return { kind: "boolean", name, values: this.#values };
  }
}

/** Texts, each kept once. Blank ones are missing, as in a CSV. */
export class TextCells implements CellReader {
  readonly #codes: Int32Array;
  readonly #dictionary: string[] = [];
  readonly #codeOf = new Map<unknown, number>();
  readonly exact = true;

  constructor(rows: number) {
    this.#codes = new Int32Array(rows).fill(-1);
  }

  take(values: DecodedArray, from: number): void {
    const codes = this.#codes;
    for (let i = 0; i < values.length; i++) {
      const value: unknown = values[i];
      if (value === null || value === undefined) continue;
      codes[from + i] = this.#codeOf.get(value) ?? this.#add(value);
    }
  }

  #add(value: unknown): number {
    const text = String(value);
    const blank = text.trim() === "";
    const code = blank ? -1 : this.#dictionary.length;
    if (!blank) this.#dictionary.push(text);
    this.#codeOf.set(value, code);
    return code;
  }

  finish(name: string): Column {
    return (
      datesOf(name, this.#dictionary, this.#codes) ?? {
        kind: "text",
        name,
        dictionary: this.#dictionary,
        codes: this.#codes,
      }
    );
  }
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** The column as dates if each of its texts is one, as a CSV would be read; without a zone the clock is UTC. */
function datesOf(name: string, dictionary: readonly string[], codes: Int32Array): Column | null {
  if (dictionary.length === 0) return null;
  const times = new Float64Array(dictionary.length);
  for (const [code, text] of dictionary.entries()) {
    const match = ISO_DATE.exec(text);
    if (!match) return null;
    const withZone = match[1] || text.length === 10 ? text : `${text}Z`;
    times[code] = Date.parse(withZone.replace(" ", "T"));
    if (Number.isNaN(times[code])) return null;
  }
  const values = Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : times[code]));
  return { kind: "date", name, values };
}
