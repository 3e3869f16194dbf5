import type { ColumnKind } from "./column.ts";
import { parseDate } from "./dates.ts";

/**
 * Cells of a CSV that `readCsv` takes for missing when it is told no others: those of pandas' list that nobody writes as a
 * name. "None" is text.
 */
export const MISSING_MARKS: readonly string[] = [
  "",
  "NA",
  "N/A",
  "n/a",
  "#N/A",
  "<NA>",
  "NaN",
  "nan",
  "null",
  "NULL",
];

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WHOLE = /^[+-]?\d+$/;
const LEADING_ZERO = /^[+-]?0\d/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** NaN for what is not written as a number. Thousands separators are none, nor are decimal commas (decimal_comma.ts). */
export function parseNumber(text: string): number {
  if (NUMBER.test(text)) return Number(text);
  const infinite = INFINITE.exec(text);
  if (!infinite) return Number.NaN;
  return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** undefined for what is neither true nor false, in any case of letters. */
export function parseBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  if (lower === "true") return true;
  return lower === "false" ? false : undefined;
}

/** Whether the text is written as a whole number. */
export function isWhole(text: string): boolean {
  return WHOLE.test(text);
}

/**
 * Whether digits are a name rather than a quantity: "007" would lose its zeros as a number, and a whole number
 * beyond 2⁵³ its last digits.
 */
export function isIdentifier(text: string): boolean {
  return WHOLE.test(text) && (LEADING_ZERO.test(text) || !Number.isSafeInteger(Number(text)));
}

/**
 * The kind of column a person would see in these distinct, present, trimmed texts: all true/false, all numbers
 * (none of them an identifier), all ISO dates, else text.
 */
export function inferKind(texts: readonly string[]): ColumnKind {
  if (texts.length === 0) return "number";
  if (texts.every((text) => parseBoolean(text) !== undefined)) return "boolean";
  if (texts.every((text) => !Number.isNaN(parseNumber(text)) && !isIdentifier(text))) return "number";
  return texts.every((text) => !Number.isNaN(parseDate(text))) ? "date" : "text";
}

/** A present, trimmed text as the number that columns of a kind hold; NaN if it does not belong. */
export function parseAs(kind: Exclude<ColumnKind, "text">, text: string): number {
  if (kind === "number") return parseNumber(text);
  if (kind === "date") return parseDate(text);
  const value = parseBoolean(text) ?? (text === "1" ? true : text === "0" ? false : undefined);
  return value === undefined ? Number.NaN : Number(value);
}
