import { DataError } from "../errors.ts";
import {
  type Column,
  type ColumnKind,
  columnLength,
  type DateColumn,
  isEmpty,
  MISSING_BOOLEAN,
  type NumberColumn,
} from "./column.ts";
import { compareLevels } from "./compare.ts";
import { formatDate, parseDate } from "./dates.ts";
import { MISSING_LEVEL, type Vocab, type VocabValue } from "./preprocessing_state.ts";
import { rowName } from "./row_name.ts";
import { type UnseenCategories, UnseenCounter } from "./unseen.ts";

/** Below this many training rows a category per row is no proof of an id column. */
const ID_MINIMUM_ROWS = 50;

/** Widest span of whole numbers for which codes are kept in an array instead of a Map. */
const DENSE_SPAN = 1 << 20;

/**
 * Fits fastai's Categorify on one column: the distinct values of the training rows, sorted. fastai v2 on pandas ≤ 2
 * also takes in the strings that only validation rows hold (their embedding rows stay untrained); here as in v1,
 * and in v2 on pandas 3, the training rows alone count.
 *
 * @throws {DataError} if no training row has a value, a value is infinite, or every row has a value of its own.
 */
export function fitCategorify(column: Column, trainRows: Uint32Array): Vocab {
  const levels = distinctLevels(column, trainRows).sort(compareLevels);
  if (levels.length === 0) {
    throw new DataError(
      `Column "${column.name}" is missing in every training row, so it has no categories. Leave it out.`,
    );
  }
  if (levels.length === trainRows.length && levels.length >= ID_MINIMUM_ROWS) {
    const remedy =
      column.kind === "number" ? "Use it as a continuous column, or leave it out." : "Leave it out.";
    throw new DataError(
      `Column "${column.name}" has a different value in each of the ${trainRows.length} training rows. An embedding can only learn from categories that repeat. ${remedy}`,
    );
  }
  return { name: column.name, type: column.kind, levels };
}

/** Distinct present values of some rows, in no particular order. */
function distinctLevels(column: Column, rows: Uint32Array): VocabValue[] {
  if (column.kind === "text") {
    const { codes, dictionary } = column;
    const seen = new Uint8Array(dictionary.length + 1); // the first for gaps
    for (let i = 0; i < rows.length; i++) seen[codes[rows[i]] + 1] = 1;
    return dictionary.filter((_, code) => seen[code + 1] === 1);
  }
  if (column.kind === "boolean") {
    const seen = new Uint8Array(256);
    for (let i = 0; i < rows.length; i++) seen[column.values[rows[i]]] = 1;
    return [0, 1].filter((value) => seen[value] === 1).map((value) => value === 1);
  }
  const distinct = distinctNumbers(column, rows);
  return column.kind === "date" ? distinct.map(formatDate) : distinct;
}

/** A Set of doubles is slow: whole numbers of a narrow span are ticked off in an array. */
function distinctNumbers({ name, values }: NumberColumn | DateColumn, rows: Uint32Array): number[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let fractions = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]];
    if (value < low) low = value;
    if (value > high) high = value;
    if (value !== Math.floor(value) && !Number.isNaN(value)) fractions++;
  }
  if (low > high) return []; // gaps only
  if (low === Number.NEGATIVE_INFINITY || high === Number.POSITIVE_INFINITY) {
    throw infiniteCategory(name, rows.find((row) => Math.abs(values[row]) === Number.POSITIVE_INFINITY)!);
  }
  if (fractions === 0 && high - low < DENSE_SPAN) {
    const seen = new Uint8Array(high - low + 1);
    for (let i = 0; i < rows.length; i++) seen[values[rows[i]] - low] = 1; // NaN is no index: nothing happens
    const levels: number[] = [];
    for (let i = 0; i < seen.length; i++) if (seen[i] === 1) levels.push(low + i);
    return levels;
  }
  const seen = new Set<number>();
  let known = Number.NaN;
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]];
    if (value === known || Number.isNaN(value)) continue;
    seen.add(value);
    known = value;
  }
  return [...seen];
}

function infiniteCategory(name: string, row: number): DataError {
  return new DataError(
    `Column "${name}" is infinite in ${rowName(row)}. Replace it by a number, or by nothing if it is unknown.`,
  );
}

/**
 * Codes of a column: a value's place in the vocabulary plus 1, and 0 for a missing or unseen one. Written to
 * `codes[row * stride + offset]`. Matching is by value and kind, never by another table's codes.
 *
 * @returns the categories that the vocabulary lacks, or null
 * @throws {DataError} if the column's kind is not the vocabulary's
 */
export function applyCategorify(
  column: Column,
  vocab: Vocab,
  codes: Uint32Array,
  stride: number,
  offset: number,
): UnseenCategories | null {
  const writer = new CategoryWriter(column, vocab, codes, stride, offset);
  writer.write(0, columnLength(column));
  return writer.finish();
}

/** {@link applyCategorify} a range of rows at a time, so that columns can be written side by side while in cache. */
export class CategoryWriter {
  readonly #column: Column;
  readonly #lookup: Lookup;
  /** Text: the code per entry of the column's dictionary, that of a gap first. */
  readonly #codeOfText: Uint32Array;
  readonly #codes: Uint32Array;
  readonly #stride: number;
  readonly #offset: number;
  readonly #unseen: UnseenCounter;
  #present = 0;

  /** @throws {DataError} if the column's kind is not the vocabulary's */
  constructor(column: Column, vocab: Vocab, codes: Uint32Array, stride: number, offset: number) {
    if (column.kind !== vocab.type && !isEmpty(column)) throw kindChanged(column, vocab);
    // All gaps: the kind was a guess, and any lookup finds nothing.
    this.#column = column;
    this.#lookup = lookupOf(vocab);
    this.#codes = codes;
    this.#stride = stride;
    this.#offset = offset;
    this.#unseen = new UnseenCounter(column.name);
    const { index } = this.#lookup;
    this.#codeOfText = new Uint32Array(column.kind === "text" ? column.dictionary.length + 1 : 0);
    if (column.kind === "text") {
      for (let i = 0; i < column.dictionary.length; i++) {
        this.#codeOfText[i + 1] = index.get(column.dictionary[i]) ?? 0;
      }
    }
  }

  write(from: number, to: number): void {
    const column = this.#column;
    if (column.kind === "text") this.#writeTexts(column.codes, column.dictionary, from, to);
    else if (column.kind === "boolean") this.#writeBooleans(column.values, from, to);
    else this.#writeNumbers(column, from, to);
  }

  #writeTexts(entries: Int32Array, dictionary: readonly string[], from: number, to: number): void {
    const codes = this.#codes;
    const stride = this.#stride;
    const codeOf = this.#codeOfText;
    for (let row = from, at = from * stride + this.#offset; row < to; row++, at += stride) {
      const entry = entries[row];
      const code = codeOf[entry + 1];
      codes[at] = code;
      if (entry < 0) continue;
      this.#present++;
      if (code === 0) this.#unseen.add(dictionary[entry]);
    }
  }

  #writeBooleans(values: Uint8Array, from: number, to: number): void {
    const { index } = this.#lookup;
    const codeOf = [index.get(0) ?? 0, index.get(1) ?? 0];
    for (let row = from; row < to; row++) {
      const value = values[row];
      if (value === MISSING_BOOLEAN) continue; // code 0 is already there
      this.#present++;
      const code = codeOf[value];
      this.#codes[row * this.#stride + this.#offset] = code;
      if (code === 0) this.#unseen.add(value === 1);
    }
  }

  #writeNumbers({ kind, values }: NumberColumn | DateColumn, from: number, to: number): void {
    const codes = this.#codes;
    const stride = this.#stride;
    const { index, dense, low } = this.#lookup;
    let gaps = 0;
    for (let row = from, at = from * stride + this.#offset; row < to; row++, at += stride) {
      const value = values[row];
      let code = 0;
      if (dense) {
        const i = (value - low) | 0; // not equal to value − low for a gap, a fraction or a huge number
        if (i === value - low && i >= 0 && i < dense.length) code = dense[i];
      } else code = index.get(value) ?? 0;
      codes[at] = code;
      if (code !== 0) continue;
      if (Number.isNaN(value)) gaps++;
      else this.#unseen.add(kind === "date" && Number.isFinite(value) ? formatDate(value) : value);
    }
    this.#present += to - from - gaps;
  }

  /** The categories of the rows so far that the vocabulary lacks, or null. */
  finish(): UnseenCategories | null {
    return this.#unseen.finish(this.#present);
  }
}

/** A vocabulary's codes: by text, number, date in ms, or truth value as 0 and 1. */
interface Lookup {
  readonly index: ReadonlyMap<string | number, number>;
  /** The same for whole numbers of a narrow span, `dense[number - low]`, else null. */
  readonly dense: Uint32Array | null;
  readonly low: number;
}

/** A model that predicts row by row looks up the same vocabularies every time. */
const lookups = new WeakMap<Vocab, Lookup>();

function lookupOf(vocab: Vocab): Lookup {
  let lookup = lookups.get(vocab);
  if (!lookup) {
    lookup = makeLookup(vocab);
    lookups.set(vocab, lookup);
  }
  return lookup;
}

function makeLookup({ type, levels }: Vocab): Lookup {
  if (type === "text") {
    return { index: new Map(levels.map((level, i) => [String(level), i + 1])), dense: null, low: 0 };
  }
  const keys = levels.map((level) => (type === "date" ? parseDate(String(level)) : Number(level)));
  const index = new Map(keys.map((key, i) => [key, i + 1]));
  const low = keys.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = keys.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!keys.every(Number.isInteger) || high - low >= DENSE_SPAN) return { index, dense: null, low };
  const dense = new Uint32Array(high - low + 1);
  for (const [key, code] of index) dense[key - low] = code;
  return { index, dense, low };
}

function kindChanged(column: Column, vocab: Vocab): DataError {
  const held: Record<ColumnKind, string> = {
    text: "text",
    number: "numbers",
    boolean: "true and false",
    date: "dates",
  };
  return new DataError(
    `Column "${column.name}" holds ${held[column.kind]}, but held ${held[vocab.type]} when the categories were fitted, so nothing would match ("3" is not 3). Read it as ${vocab.type}: readCsv(file, { types: { "${column.name}": "${vocab.type}" } }).`,
  );
}

/** The category of a code, "#na#" for 0. */
export function decodeCategory(code: number, vocab: Vocab): VocabValue {
  return code === 0 ? MISSING_LEVEL : vocab.levels[code - 1];
}
