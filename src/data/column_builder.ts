import { DataError } from "../errors.ts";
import { type Column, type ColumnKind, MISSING_BOOLEAN } from "./column.ts";
import { formatDate } from "./dates.ts";
import { inferKind, isIdentifier, isWhole, MISSING_MARKS, parseAs } from "./infer_type.ts";

/** Distinct values after which a column of numbers or dates is no longer kept as texts. */
const SPILL = 1 << 16;

/** What the expected kind looks like, for error messages. */
const LOOKS: Record<Exclude<ColumnKind, "text">, string> = {
  number: "a number such as 12 or 0.5",
  boolean: "true or false (or 1 or 0)",
  date: "a date such as 2015-07-31 or 2015-07-31T13:45:00",
};

export interface ColumnBuilderOptions {
  /** The kind to read the column as; default: inferred from all its values. */
  kind?: ColumnKind;
  /** Cells that mean "unknown"; default {@link MISSING_MARKS}. */
  missing?: readonly string[];
}

/** Line of the file on which a row of the current block begins. */
export type LineOf = (row: number) => number;

/** A column of many distinct numbers or dates, while it grows. */
interface Values {
  kind: "number" | "date";
  values: Float64Array;
  /** Every number so far was written without a point. */
  integer: boolean;
  /** Every text so far can be rebuilt from its value, so the column can still become text. */
  exact: boolean;
}

/**
 * Turns the texts of one column, handed in block by block, into a typed column. Every distinct text is kept once
 * and a row costs a 4-byte code, so memory stays bounded while nothing is known of the later rows. A column with
 * many distinct numbers or dates goes over to 8-byte values.
 */
export class ColumnBuilder {
  readonly name: string;
  readonly #kind: ColumnKind | undefined;
  readonly #codeOf = new Map<string, number>();
  readonly #marks: ReadonlySet<string>;
  #texts: string[] = [];
  #codes = new Int32Array(1024);
  #rows = 0;
  #values: Values | undefined;
  #spillAt = SPILL;

  constructor(name: string, options: ColumnBuilderOptions = {}) {
    this.name = name;
    this.#kind = options.kind;
    this.#marks = new Set(options.missing ?? MISSING_MARKS);
  }

  /**
   * Appends field `index` of every row.
   *
   * @throws {DataError} for a value that is not of the kind the column is read as
   */
  append(rows: readonly (readonly string[])[], index: number, lineOf: LineOf): void {
    const done = this.#values ? this.#appendValues(rows, index, lineOf) : 0;
    if (done === rows.length) return;
    this.#appendTexts(rows, index, lineOf, done);
    if (this.#texts.length > this.#spillAt) this.#spill();
  }

  #appendTexts(rows: readonly (readonly string[])[], index: number, lineOf: LineOf, from: number): void {
    this.#codes = grown(this.#codes, this.#rows, this.#rows + rows.length - from, Int32Array);
    const codes = this.#codes;
    let known = ""; // neighbours are often alike, and comparing them is cheaper than hashing a new string
    let code = -1;
    for (let i = from; i < rows.length; i++) {
      const text = rows[i][index];
      if (text !== known) {
        code = this.#codeOf.get(text) ?? this.#addText(text, i, lineOf);
        known = text;
      }
      codes[this.#rows++] = code;
    }
  }

  /** The code of a text not seen before. */
  #addText(text: string, row: number, lineOf: LineOf): number {
    const trimmed = text.trim();
    const missing = trimmed === "" || this.#marks.has(trimmed);
    if (!missing && this.#kind && this.#kind !== "text" && Number.isNaN(parseAs(this.#kind, trimmed))) {
      throw new DataError(
        `Line ${lineOf(row)}: column "${this.name}" holds "${text}", which is not ${LOOKS[this.#kind]}. Correct it, read the column as another type, or add "${text}" to missing.`,
      );
    }
    const code = missing ? -1 : this.#texts.length;
    const copy = ownCopy(text);
    this.#codeOf.set(copy, code);
    if (!missing) this.#texts.push(copy);
    return code;
  }

  /** Goes over from codes to values if the texts so far are numbers or dates. */
  #spill(): void {
    this.#spillAt = Number.POSITIVE_INFINITY;
    const texts = this.#texts.map((text) => text.trim());
    const kind = this.#kind ?? inferKind(texts);
    if (kind !== "number" && kind !== "date") return;
    const parsed = Float64Array.from(texts, (text) => parseAs(kind, text));
    const values = new Float64Array(this.#codes.length).fill(Number.NaN);
    for (let row = 0; row < this.#rows; row++) {
      if (this.#codes[row] >= 0) values[row] = parsed[this.#codes[row]];
    }
    const exact = this.#texts.every((text, code) => format(kind, parsed[code]) === text);
    this.#values = { kind, values, integer: texts.every(isWhole), exact };
    this.#texts = [];
    this.#codeOf.clear();
    this.#codes = new Int32Array();
  }

  /** Appends to the values; returns at which row of the block the column turned out to be text, else their count. */
  #appendValues(rows: readonly (readonly string[])[], index: number, lineOf: LineOf): number {
    const column = this.#values!;
    const { kind } = column;
    column.values = grown(column.values, this.#rows, this.#rows + rows.length, Float64Array);
    for (let i = 0; i < rows.length; i++) {
      const text = rows[i][index];
      const trimmed = text.trim();
      if (trimmed === "" || this.#marks.has(trimmed)) {
        column.values[this.#rows++] = Number.NaN;
        continue;
      }
      const value = parseAs(kind, trimmed);
      if (Number.isNaN(value) || (!this.#kind && kind === "number" && isIdentifier(trimmed))) {
        if (this.#kind || !column.exact) throw this.#lateText(text, kind, lineOf(i));
        this.#backToTexts(column);
        return i;
      }
      column.exact &&= format(kind, value) === text;
      column.integer &&= isWhole(trimmed);
      column.values[this.#rows++] = value;
    }
    return rows.length;
  }

  #backToTexts({ kind, values }: Values): void {
    this.#values = undefined;
    this.#codes = new Int32Array(values.length);
    for (let row = 0; row < this.#rows; row++) {
      if (Number.isNaN(values[row])) {
        this.#codes[row] = -1;
        continue;
      }
      const text = format(kind, values[row]);
      let code = this.#codeOf.get(text);
      if (code === undefined) {
        code = this.#texts.push(text) - 1;
        this.#codeOf.set(text, code);
      }
      this.#codes[row] = code;
    }
  }

  #lateText(text: string, kind: "number" | "date", line: number): DataError {
    const remedy = this.#kind
      ? `Correct it, read the column as another type, or add "${text}" to missing.`
      : `If the column is text, read it with types: { "${this.name}": "text" }; if this marks an unknown value, add "${text}" to missing.`;
    return new DataError(
      `Line ${line}: column "${this.name}" holds "${text}", but so far it held ${kind}s only. ${remedy}`,
    );
  }

  /** The column; the builder must not be used any more. */
  finish(): Column {
    const { name } = this;
    if (this.#values) {
      const { kind, integer } = this.#values;
      const values = this.#values.values.slice(0, this.#rows);
      this.#values = undefined;
      return kind === "number" ? { kind, name, values, integer } : { kind, name, values };
    }
    const texts = this.#texts.map((text) => text.trim());
    const kind = this.#kind ?? inferKind(texts);
    const codes = this.#codes.slice(0, this.#rows);
    this.#codes = new Int32Array();
    this.#codeOf.clear();
    if (kind === "text") return { kind, name, dictionary: this.#texts, codes };
    const parsed = texts.map((text) => parseAs(kind, text));
    if (kind === "boolean") {
      const bytes = Uint8Array.from(codes, (code) => (code < 0 ? MISSING_BOOLEAN : parsed[code]));
      return { kind, name, values: bytes };
    }
    const values = new Float64Array(codes.length);
    for (let row = 0; row < codes.length; row++)
      values[row] = codes[row] < 0 ? Number.NaN : parsed[codes[row]];
    return kind === "date" ? { kind, name, values } : { kind, name, values, integer: texts.every(isWhole) };
  }
}

/** The canonical text of a value. */
function format(kind: "number" | "date", value: number): string {
  return kind === "number" ? String(value) : formatDate(value);
}

/** The array itself, or one at least twice as long that begins with its first `used` elements. */
function grown<T extends Int32Array | Float64Array>(
  array: T,
  used: number,
  needed: number,
  create: new (length: number) => T,
): T {
  if (needed <= array.length) return array;
  const longer = new create(Math.max(needed, array.length * 2));
  longer.set(array.subarray(0, used));
  return longer;
}

/** A substring keeps its whole block alive in V8 if it has 13 characters or more; joining copies it. */
function ownCopy(text: string): string {
  return text.length < 13 ? text : text.split("").join("");
}
