import { DataError } from "../errors.ts";
import { type Column, type ColumnKind, isEmpty, MISSING_BOOLEAN } from "./column.ts";
import { compareLevels } from "./compare.ts";
import { formatDate, parseDate } from "./dates.ts";
import { MISSING_LEVEL, type Vocab, type VocabValue } from "./preprocessing_state.ts";
import { rowName } from "./row_name.ts";
import { type UnseenCategories, UnseenCounter } from "./unseen.ts";

/** Below this many training rows a category per row is no proof of an id column. */
const ID_MINIMUM_ROWS = 50;

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
    const seen = new Uint8Array(column.dictionary.length);
    for (const row of rows) if (column.codes[row] >= 0) seen[column.codes[row]] = 1;
    return column.dictionary.filter((_, code) => seen[code] === 1);
  }
  if (column.kind === "boolean") {
    const seen = new Set<number>();
    for (const row of rows) seen.add(column.values[row]);
    return [0, 1].filter((value) => seen.has(value)).map((value) => value === 1);
  }
  const seen = new Set<number>();
  for (const row of rows) {
    const value = column.values[row];
    if (Number.isNaN(value)) continue;
    if (!Number.isFinite(value)) throw infiniteCategory(column.name, row);
    seen.add(value);
  }
  return column.kind === "date" ? [...seen].map(formatDate) : [...seen];
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
  if (column.kind !== vocab.type) {
    if (isEmpty(column)) return null; // all gaps: the kind was a guess, and code 0 is already there
    throw kindChanged(column, vocab);
  }
  const unseen = new UnseenCounter(column.name);
  let present = 0;
  if (column.kind === "text") {
    const index = new Map(vocab.levels.map((level, i) => [level, i + 1]));
    const codeOf = Uint32Array.from(column.dictionary, (text) => index.get(text) ?? 0);
    for (let row = 0; row < column.codes.length; row++) {
      const code = column.codes[row];
      if (code < 0) continue;
      present++;
      codes[row * stride + offset] = codeOf[code];
      if (codeOf[code] === 0) unseen.add(column.dictionary[code]);
    }
    return unseen.finish(present);
  }
  const codeOf = numericLookup(vocab);
  for (let row = 0; row < column.values.length; row++) {
    const value = column.values[row];
    const code = codeOf(value);
    codes[row * stride + offset] = code;
    if (Number.isNaN(value) || (column.kind === "boolean" && value === MISSING_BOOLEAN)) continue;
    present++;
    if (code === 0) unseen.add(levelOf(column.kind, value));
  }
  return unseen.finish(present);
}

/** A number of a column as the vocabulary would hold it. */
function levelOf(kind: ColumnKind, value: number): VocabValue {
  if (kind === "boolean") return value === 1;
  return kind === "date" && Number.isFinite(value) ? formatDate(value) : value;
}

/** Widest span of whole numbers for which codes are kept in an array instead of a Map. */
const DENSE_SPAN = 1 << 20;

/** Code of a number, a date in ms, or a truth value as its byte. */
function numericLookup(vocab: Vocab): (value: number) => number {
  const keys = vocab.levels.map((level) =>
    vocab.type === "date" ? parseDate(String(level)) : Number(level),
  );
  let [low, high] = [keys[0], keys[0]];
  for (const key of keys) {
    low = Math.min(low, key);
    high = Math.max(high, key);
  }
  if (keys.every(Number.isInteger) && high - low < DENSE_SPAN) {
    const dense = new Uint32Array(high - low + 1);
    keys.forEach((key, i) => {
      dense[key - low] = i + 1;
    });
    return (value) => {
      const i = (value - low) | 0; // not equal to value − low for a gap, a fraction or a huge number
      return i === value - low && i >= 0 && i < dense.length ? dense[i] : 0;
    };
  }
  const index = new Map(keys.map((key, i) => [key, i + 1]));
  return (value) => index.get(value) ?? 0;
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
