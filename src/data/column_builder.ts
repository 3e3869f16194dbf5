import { DataError } from "../errors.ts";
import { type Column, type ColumnKind, MISSING_BOOLEAN } from "./column.ts";
import { formatDate } from "./dates.ts";
import { areDecimalCommas, type DecimalComma, parseDecimalComma } from "./decimal_comma.ts";
import { inferKind, isIdentifier, isWhole, MISSING_MARKS, parseAs } from "./infer_type.ts";
import { PlainNumber } from "./plain_number.ts";
import { rowName } from "./row_name.ts";
import { NO_CODE, SHORT, TextCodes } from "./text_codes.ts";

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
  /** Whether numbers may have a decimal comma; default: never. A column of `kind` "number" always may, if any. */
  decimalComma?: DecimalComma;
}

/** How the texts of a column are read. */
interface Reading {
  kind: ColumnKind;
  /** The number that a column of this kind holds for a present, trimmed text; NaN if it does not belong. */
  parse: (text: string) => number;
}

/** Line of the file on which a row of the current block begins. */
export type LineOf = (row: number) => number;

/** A column of many distinct numbers or dates, while it grows. */
interface Values {
  kind: "number" | "date";
  parse: Reading["parse"];
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
  readonly #decimalComma: DecimalComma | undefined;
  #codeOf = new TextCodes();
  readonly #marks: ReadonlySet<string>;
  /** Whether a number such as -999 means "unknown", so that numbers too must be looked up among the marks. */
  readonly #marksNumbers: boolean;
  #texts: string[] = [];
  #codes = new Int32Array(1024);
  #rows = 0;
  #values: Values | undefined;
  #spillAt = SPILL;

  constructor(name: string, options: ColumnBuilderOptions = {}) {
    this.name = name;
    this.#kind = options.kind;
    this.#decimalComma = options.decimalComma;
    this.#marks = new Set(options.missing ?? MISSING_MARKS);
    this.#marksNumbers = [...this.#marks].some((mark) => new PlainNumber().read(mark));
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
    const codeOf = this.#codeOf;
    let at = this.#rows;
    let known = ""; // long neighbours are often alike, and comparing them is cheaper than hashing a new string
    let knownCode = NO_CODE;
    for (let i = from; i < rows.length; i++) {
      const text = rows[i][index];
      let code = text.length > SHORT && text === known ? knownCode : codeOf.get(text);
      if (code === NO_CODE) {
        this.#rows = at;
        code = this.#addText(text, i, lineOf);
      }
      if (text.length > SHORT) {
        known = text;
        knownCode = code;
      }
      codes[at++] = code;
    }
    this.#rows = at;
  }

  /** The code of a text not seen before. */
  #addText(text: string, row: number, lineOf: LineOf): number {
    const trimmed = text.trim();
    const missing = trimmed === "" || this.#marks.has(trimmed);
    if (!missing && this.#kind && this.#kind !== "text" && !this.#belongs(trimmed, this.#kind)) {
      throw new DataError(
        `Column "${this.name}" holds "${text}" in ${this.#place(lineOf(row))}, which is not ${LOOKS[this.#kind]}. Correct it, read the column as another type, or add "${text}" to missing.`,
      );
    }
    const code = missing ? -1 : this.#texts.length;
    const copy = ownCopy(text);
    this.#codeOf.add(copy, code);
    if (!missing) this.#texts.push(copy);
    return code;
  }

  /** Whether a text alone can be in a column read as `kind`. */
  #belongs(text: string, kind: Exclude<ColumnKind, "text">): boolean {
    if (!Number.isNaN(parseAs(kind, text))) return true;
    return kind === "number" && this.#decimalComma !== undefined && !Number.isNaN(parseDecimalComma(text));
  }

  /** The row that comes next, and where it is in the file. */
  #place(line: number): string {
    return `${rowName(this.#rows)}, line ${line}`;
  }

  /** Decides how the texts so far are read. */
  #reading(texts: readonly string[]): Reading {
    const told = this.#kind;
    if (this.#decimalComma && (!told || told === "number")) {
      if (areDecimalCommas(texts, told ? "always" : this.#decimalComma)) {
        return { kind: "number", parse: parseDecimalComma };
      }
      const odd = told ? texts.findIndex((text) => Number.isNaN(parseAs("number", text))) : -1;
      if (odd >= 0) throw this.#mixedNotation(odd);
    }
    const kind = told ?? inferKind(texts);
    return { kind, parse: (text) => (kind === "text" ? Number.NaN : parseAs(kind, text)) };
  }

  #mixedNotation(code: number): DataError {
    return new DataError(
      `Column "${this.name}" holds numbers with a decimal point, and "${this.#texts[code]}" in ${rowName(this.#codes.indexOf(code))}. Write all of them in one way, or read the column as text: readCsv(file, { types: { "${this.name}": "text" } }).`,
    );
  }

  /** Goes over from codes to values if the texts so far are numbers or dates. */
  #spill(): void {
    this.#spillAt = Number.POSITIVE_INFINITY;
    const texts = this.#texts.map((text) => text.trim());
    const { kind, parse } = this.#reading(texts);
    if (kind !== "number" && kind !== "date") return;
    const parsed = Float64Array.from(texts, parse);
    const values = new Float64Array(this.#codes.length).fill(Number.NaN);
    for (let row = 0; row < this.#rows; row++) {
      if (this.#codes[row] >= 0) values[row] = parsed[this.#codes[row]];
    }
    const column: Values = { kind, parse, values, integer: texts.every(isWhole), exact: true };
    column.exact = this.#texts.every((text, code) => format(column, parsed[code]) === text);
    this.#values = column;
    this.#texts = [];
    this.#codeOf = new TextCodes();
    this.#codes = new Int32Array();
  }

  /** Appends to the values; returns at which row of the block the column turned out to be text, else their count. */
  #appendValues(rows: readonly (readonly string[])[], index: number, lineOf: LineOf): number {
    const column = this.#values!;
    const { kind, parse } = column;
    column.values = grown(column.values, this.#rows, this.#rows + rows.length, Float64Array);
    const usual = kind === "number" && parse !== parseDecimalComma && !this.#marksNumbers;
    const plain = usual ? new PlainNumber() : undefined;
    for (let i = 0; i < rows.length; i++) {
      const text = rows[i][index];
      if (plain?.read(text)) {
        column.exact &&= plain.canonical;
        column.integer &&= plain.whole;
        column.values[this.#rows++] = plain.value;
        continue;
      }
      const trimmed = text.trim();
      if (trimmed === "" || this.#marks.has(trimmed)) {
        column.values[this.#rows++] = Number.NaN;
        continue;
      }
      const value = parse(trimmed);
      if (Number.isNaN(value) || (!this.#kind && kind === "number" && isIdentifier(trimmed))) {
        if ((this.#kind && !this.#belongs(trimmed, kind)) || !column.exact) {
          throw this.#lateText(text, kind, lineOf(i));
        }
        this.#backToTexts(column);
        return i;
      }
      column.exact &&= format(column, value) === text;
      column.integer &&= isWhole(trimmed);
      column.values[this.#rows++] = value;
    }
    return rows.length;
  }

  #backToTexts(column: Values): void {
    const { values } = column;
    this.#values = undefined;
    this.#codes = new Int32Array(values.length);
    for (let row = 0; row < this.#rows; row++) {
      if (Number.isNaN(values[row])) {
        this.#codes[row] = -1;
        continue;
      }
      const text = format(column, values[row]);
      let code = this.#codeOf.get(text);
      if (code === NO_CODE) {
        code = this.#texts.push(text) - 1;
        this.#codeOf.add(text, code);
      }
      this.#codes[row] = code;
    }
  }

  #lateText(text: string, kind: "number" | "date", line: number): DataError {
    const remedy = this.#kind
      ? `Correct it, read the column as another type, or add "${text}" to missing.`
      : `If the column is text, read it with types: { "${this.name}": "text" }; if this marks an unknown value, add "${text}" to missing.`;
    return new DataError(
      `Column "${this.name}" holds "${text}" in ${this.#place(line)}, but so far it held ${kind}s only. ${remedy}`,
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
    const { kind, parse } = this.#reading(texts);
    const codes = this.#codes.slice(0, this.#rows);
    this.#codes = new Int32Array();
    this.#codeOf = new TextCodes();
    if (kind === "text") return { kind, name, dictionary: this.#texts, codes };
    if (kind === "boolean") {
      return { kind, name, values: decoded(codes, texts, parse, MISSING_BOOLEAN, Uint8Array) };
    }
    const values = decoded(codes, texts, parse, Number.NaN, Float64Array);
    return kind === "date" ? { kind, name, values } : { kind, name, values, integer: texts.every(isWhole) };
  }
}

/** The value of each row's code; `gap` for −1. */
function decoded<T extends Uint8Array | Float64Array>(
  codes: Int32Array,
  texts: readonly string[],
  parse: Reading["parse"],
  gap: number,
  create: new (length: number) => T,
): T {
  const valueAt = new create(texts.length + 1);
  valueAt[0] = gap;
  texts.forEach((text, code) => {
    valueAt[code + 1] = parse(text);
  });
  const values = new create(codes.length);
  for (let row = 0; row < codes.length; row++) values[row] = valueAt[codes[row] + 1];
  return values;
}

/** The canonical text of a value. */
function format({ kind, parse }: Values, value: number): string {
  if (kind === "date") return formatDate(value);
  return parse === parseDecimalComma ? String(value).replace(".", ",") : String(value);
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
