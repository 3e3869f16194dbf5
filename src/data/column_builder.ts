import { DataError } from "../errors.ts";
import { type Column, type ColumnKind, MISSING_BOOLEAN } from "./column.ts";
import { formatDate } from "./dates.ts";
import { areDecimalCommas, type DecimalComma, parseDecimalComma } from "./decimal_comma.ts";
import { Growing } from "./growing.ts";
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
  values: Growing<Float64Array>;
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
  #codes = new Growing(Int32Array);
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
    const codes = this.#codes.append(rows.length - from);
    const codeOf = this.#codeOf;
    let known = ""; // long neighbours are often alike, and comparing them is cheaper than hashing a new string
    let knownCode = NO_CODE;
    for (let i = from; i < rows.length; i++) {
      const text = rows[i][index];
      let code = text.length > SHORT && text === known ? knownCode : codeOf.get(text);
      if (code === NO_CODE) code = this.#addText(text, this.#rows + i - from, i, lineOf);
      if (text.length > SHORT) {
        known = text;
        knownCode = code;
      }
      codes[i - from] = code;
    }
    this.#rows += rows.length - from;
  }

  /** The code of a text not seen before. */
  #addText(text: string, row: number, blockRow: number, lineOf: LineOf): number {
    const trimmed = text.trim();
    const missing = trimmed === "" || this.#marks.has(trimmed);
    if (!missing && this.#kind && this.#kind !== "text" && !this.#belongs(trimmed, this.#kind)) {
      throw new DataError(
        `Column "${this.name}" holds "${text}" in ${place(row, lineOf(blockRow))}, which is not ${LOOKS[this.#kind]}. Correct it, read the column as another type, or add "${text}" to missing.`,
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
      `Column "${this.name}" holds numbers with a decimal point, and "${this.#texts[code]}" in ${rowName(this.#codes.whole().indexOf(code))}. Write all of them in one way, or read the column as text: readCsv(file, { types: { "${this.name}": "text" } }).`,
    );
  }

  /** Goes over from codes to values if the texts so far are numbers or dates. */
  #spill(): void {
    this.#spillAt = Number.POSITIVE_INFINITY;
    const texts = this.#texts.map((text) => text.trim());
    const { kind, parse } = this.#reading(texts);
    if (kind !== "number" && kind !== "date") return;
    const values = new Growing(Float64Array);
    decode(this.#codes, texts.map(parse), Number.NaN, values.append(this.#rows));
    const column: Values = { kind, parse, values, integer: texts.every(isWhole), exact: true };
    column.exact = this.#texts.every((text, code) => format(column, parse(texts[code])) === text);
    this.#values = column;
    this.#texts = [];
    this.#codeOf = new TextCodes();
    this.#codes = new Growing(Int32Array);
  }

  /** Appends to the values; returns at which row of the block the column turned out to be text, else their count. */
  #appendValues(rows: readonly (readonly string[])[], index: number, lineOf: LineOf): number {
    const column = this.#values!;
    const { kind, parse } = column;
    const values = column.values.append(rows.length);
    const usual = kind === "number" && parse !== parseDecimalComma && !this.#marksNumbers;
    const plain = usual ? new PlainNumber() : undefined;
    for (let i = 0; i < rows.length; i++) {
      const text = rows[i][index];
      if (plain?.read(text)) {
        column.exact &&= plain.canonical;
        column.integer &&= plain.whole;
        values[i] = plain.value;
        continue;
      }
      const trimmed = text.trim();
      if (trimmed === "" || this.#marks.has(trimmed)) {
        values[i] = Number.NaN;
        continue;
      }
      const value = parse(trimmed);
      if (Number.isNaN(value) || (!this.#kind && kind === "number" && isIdentifier(trimmed))) {
        if ((this.#kind && !this.#belongs(trimmed, kind)) || !column.exact) {
          throw this.#lateText(text, kind, place(this.#rows + i, lineOf(i)));
        }
        column.values.shorten(rows.length - i);
        this.#rows += i;
        this.#backToTexts(column);
        return i;
      }
      column.exact &&= format(column, value) === text;
      column.integer &&= isWhole(trimmed);
      values[i] = value;
    }
    this.#rows += rows.length;
    return rows.length;
  }

  #backToTexts(column: Values): void {
    const values = column.values.whole();
    this.#values = undefined;
    const codes = this.#codes.append(values.length);
    for (let row = 0; row < values.length; row++) {
      if (Number.isNaN(values[row])) {
        codes[row] = -1;
        continue;
      }
      const text = format(column, values[row]);
      let code = this.#codeOf.get(text);
      if (code === NO_CODE) {
        code = this.#texts.push(text) - 1;
        this.#codeOf.add(text, code);
      }
      codes[row] = code;
    }
  }

  #lateText(text: string, kind: "number" | "date", where: string): DataError {
    const remedy = this.#kind
      ? `Correct it, read the column as another type, or add "${text}" to missing.`
      : `If the column is text, read it with types: { "${this.name}": "text" }; if this marks an unknown value, add "${text}" to missing.`;
    return new DataError(
      `Column "${this.name}" holds "${text}" in ${where}, but so far it held ${kind}s only. ${remedy}`,
    );
  }

  /** The column; the builder must not be used any more. */
  finish(): Column {
    const { name } = this;
    if (this.#values) {
      const { kind, integer } = this.#values;
      const values = this.#values.values.whole();
      this.#values = undefined;
      return kind === "number" ? { kind, name, values, integer } : { kind, name, values };
    }
    const texts = this.#texts.map((text) => text.trim());
    const { kind, parse } = this.#reading(texts);
    const codes = this.#codes;
    this.#codes = new Growing(Int32Array);
    this.#codeOf = new TextCodes();
    if (kind === "text") return { kind, name, dictionary: this.#texts, codes: codes.whole() };
    const parsed = texts.map(parse);
    if (kind === "boolean") {
      const values = new Uint8Array(this.#rows);
      decode(codes, parsed, MISSING_BOOLEAN, values);
      return { kind, name, values };
    }
    const values = new Float64Array(this.#rows);
    decode(codes, parsed, Number.NaN, values);
    return kind === "date" ? { kind, name, values } : { kind, name, values, integer: texts.every(isWhole) };
  }
}

/** A row of the table, and where it is in the file. */
function place(row: number, line: number): string {
  return `${rowName(row)}, line ${line}`;
}

/** Writes the value of each row's code; `gap` for −1. */
function decode(
  codes: Growing<Int32Array>,
  parsed: readonly number[],
  gap: number,
  values: Uint8Array | Float64Array,
): void {
  const shifted = new Float64Array(parsed.length + 1);
  shifted[0] = gap;
  shifted.set(parsed, 1);
  let row = 0;
  for (const piece of codes.pieces()) {
    for (let i = 0; i < piece.length; i++) values[row++] = shifted[piece[i] + 1];
  }
}

/** The canonical text of a value. */
function format({ kind, parse }: Values, value: number): string {
  if (kind === "date") return formatDate(value);
  return parse === parseDecimalComma ? String(value).replace(".", ",") : String(value);
}

/** A substring keeps its whole block alive in V8 if it has 13 characters or more; joining copies it. */
function ownCopy(text: string): string {
  return text.length < 13 ? text : text.split("").join("");
}
