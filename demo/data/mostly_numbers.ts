/** Columns of numbers that a mark such as “?” turned into text. */
import { grouped } from "../ui/format.ts";

/** Share of the present cells that must be numbers before a column is called so. */
const MOSTLY = 0.8;
/** Distinct other cells that may be marks for a missing value; more of them are values. */
const MOST_MARKS = 5;

/** A column of text most of whose cells are written as numbers. */
export interface MostlyNumbers {
  readonly numbers: number;
  readonly present: number;
  /** The first distinct cells that are none. */
  readonly others: readonly string[];
  /** Whether `others` are all of them. */
  readonly whole: boolean;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** Digits that are a name: readCsv keeps them as text, whatever else the column holds. */
const NAME = /^[+-]?(0\d+|\d{16,})$/;

/** @param counts how often each of the column's texts is seen */
export function mostlyNumbers(
  dictionary: readonly string[],
  counts: ArrayLike<number>,
): MostlyNumbers | undefined {
  let [numbers, present] = [0, 0];
  const others: string[] = [];
  for (let code = 0; code < dictionary.length; code++) {
    if (counts[code] === 0) continue;
    present += counts[code];
    const text = dictionary[code].trim();
    if (NAME.test(text)) return undefined;
    if (NUMBER.test(text)) numbers += counts[code];
    else if (others.length <= MOST_MARKS) others.push(text);
  }
  if (others.length === 0 || numbers < MOSTLY * present) return undefined;
  return { numbers, present, others: others.slice(0, MOST_MARKS), whole: others.length <= MOST_MARKS };
}

/** 303 of 310 cells are numbers, others hold “?”. */
export function mostlyNumbersReason({ numbers, present, others, whole }: MostlyNumbers): string {
  const held = `${quoted(others)}${whole ? "" : ", …"}`;
  return `${grouped(numbers)} of ${grouped(present)} cells are numbers, others hold ${held}.`;
}

/** “?”, “none” */
export function quoted(texts: readonly string[]): string {
  return texts.map((text) => `“${text}”`).join(", ");
}
