import { InvalidArgumentError } from "commander";
import Papa from "papaparse";
import type { ColumnKind } from "../data/column.ts";
import { metricByName } from "../train/metrics.ts";

/** Parsers of option values. Commander puts the option's name before what they throw and exits with code 2. */

/** `a,b,"c, d"`: names as a line of CSV, so that a name may hold a comma. */
export function nameList(text: string): string[] {
  const row = (Papa.parse(text, { delimiter: "," }).data as string[][])[0] ?? [];
  const names = row.map((name) => name.trim());
  if (names.length === 0 || names.some((name) => name === "")) {
    throw new InvalidArgumentError("Expected names separated by commas, such as Store,DayOfWeek.");
  }
  return names;
}

export function positiveInteger(text: string): number {
  const value = numberOf(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("Expected a whole number from 1 on.");
}

/** At least 2: BatchNorm cannot train on a single row. */
export function batchSize(text: string): number {
  const value = numberOf(text);
  if (Number.isInteger(value) && value >= 2) return value;
  throw new InvalidArgumentError("Expected a whole number from 2 on: BatchNorm cannot train on single rows.");
}

export function integer(text: string): number {
  const value = numberOf(text);
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError("Expected a whole number.");
}

export function positiveNumber(text: string): number {
  const value = numberOf(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Expected a number above 0, such as 1e-3.");
}

export function notNegative(text: string): number {
  const value = numberOf(text);
  if (value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Expected a number from 0 on, such as 0.01.");
}

/** Strictly between 0 and 1. */
export function fraction(text: string): number {
  const value = numberOf(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError("Expected a number between 0 and 1, such as 0.2.");
}

export function probability(text: string): number {
  const value = numberOf(text);
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("Expected a probability: at least 0 and below 1.");
}

export function probabilityList(text: string): number[] {
  return text.split(",").map(probability);
}

/** Widths of hidden layers; `none` for no hidden layer. */
export function widthList(text: string): number[] {
  if (text === "none") return [];
  const widths = text.split(",").map(numberOf);
  if (widths.every((width) => Number.isInteger(width) && width >= 1)) return widths;
  throw new InvalidArgumentError("Expected whole numbers separated by commas, such as 200,100, or none.");
}

/** `low,high` */
export function range(text: string): [number, number] {
  const [low, high, ...more] = text.split(",").map(numberOf);
  if (low < high && Number.isFinite(low) && Number.isFinite(high) && more.length === 0) return [low, high];
  throw new InvalidArgumentError(
    "Expected two numbers separated by a comma, the lower first, such as 0,10.8.",
  );
}

/** One character; `\\t` is a tab, which is hard to type. */
export function character(text: string): string {
  const one = text === "\\t" ? "\t" : text;
  if ([...one].length === 1) return one;
  throw new InvalidArgumentError('Expected one character, such as ";", or \\t for a tab.');
}

/** `column=kind,...` */
export function kindList(text: string): Record<string, ColumnKind> {
  const entries = nameList(text).map((entry): [string, ColumnKind] => {
    const [, name, kind] = /^(.+)=(text|number|boolean|date)$/.exec(entry) ?? [];
    if (name !== undefined) return [name, kind as ColumnKind];
    throw new InvalidArgumentError(
      "Expected column=kind separated by commas, kind being text, number, boolean or date, such as Zip=text.",
    );
  });
  return Object.fromEntries(entries);
}

/** Names of metrics, each checked. */
export function metricList(text: string): string[] {
  const names = nameList(text);
  for (const name of names) {
    try {
      metricByName(name);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  }
  return names;
}

/** NaN for anything but a plain number; JavaScript's Number would take "" and "0x10". */
function numberOf(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
}
