import type { VocabValue } from "./preprocessing_state.ts";

/**
 * Orders strings by Unicode code point, as Python sorts them. JavaScript compares UTF-16 units, in which the
 * surrogates of code points beyond U+FFFF come before U+E000…U+FFFF.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Moves the surrogates behind all other units. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2800 : unit;
}

/** Ascending order of categories of one type: strings by code point, numbers by size, false before true. */
export function compareLevels(a: VocabValue, b: VocabValue): number {
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  return Number(a) - Number(b);
}
