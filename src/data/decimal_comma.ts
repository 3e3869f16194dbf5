import { isIdentifier } from "./infer_type.ts";

/**
 * Which texts of a file may be numbers with a decimal comma. "always": also a column like "1,234", which is
 * 1.234. "clear": only a column with a comma that cannot separate thousands, such as "12,5".
 */
export type DecimalComma = "always" | "clear";

const NUMBER = /^[+-]?(?:(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d*)?|,\d+)(?:[eE][+-]?\d+)?$/;
const LIKE_THOUSANDS = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/** A trimmed text such as "-12,5" or "1.234,5" as a number; a dot separates thousands. NaN for other texts. */
export function parseDecimalComma(text: string): number {
  return NUMBER.test(text) ? Number(text.replaceAll(".", "").replace(",", ".")) : Number.NaN;
}

/**
 * Whether distinct, present, trimmed texts are numbers (none of them an identifier) of which at least one has a
 * decimal comma.
 */
export function areDecimalCommas(texts: readonly string[], commas: DecimalComma): boolean {
  const decides = (text: string) => text.includes(",") && (commas === "always" || !LIKE_THOUSANDS.test(text));
  return (
    texts.some(decides) &&
    texts.every((text) => !Number.isNaN(parseDecimalComma(text)) && !isIdentifier(text))
  );
}
