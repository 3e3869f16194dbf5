/** What is typed in a field, as a value; pure, so that it is tested without a page. */
import type { VocabValue } from "tabgpu";
import { areYears } from "../ui/format.ts";
import type { CategoryField, DateField, FieldValue, NumberField } from "./types.ts";

/** A number as people type it, half of Europe with a comma; undefined for what is none. */
export function typedNumber(text: string): number | undefined {
  const trimmed = text.trim().replace("−", "-");
  if (!/^[-+]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?$/i.test(trimmed)) return undefined;
  const value = Number(trimmed.replace(",", "."));
  return Number.isFinite(value) ? value : undefined;
}

/** A number as its box shows it: without the last digits that no one asked for. */
export function shownNumber(value: number): string {
  return String(Number(value.toPrecision(7)));
}

/** A number in a sentence: 36,020, −8.2. */
export function spokenNumber(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 7 }).replace("-", "−");
}

/** How the numbers of a field are told in a sentence: years have no comma. */
export function sayOf({ min, max }: Pick<NumberField, "min" | "max">): (value: number) => string {
  return areYears(min, max) ? shownNumber : spokenNumber;
}

/** A category as it is shown: true and false as words. */
export function shownCategory(value: VocabValue): string {
  return String(value);
}

/**
 * What was typed where categories are many: the known one of that name, else a new one, which the model takes for
 * missing; null for nothing.
 */
export function typedCategory({ options, type }: CategoryField, text: string): FieldValue {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const known = options.find((option) => String(option) === trimmed);
  if (known !== undefined) return known;
  if (type === "number") return typedNumber(trimmed) ?? null;
  return type === "text" ? trimmed : null;
}

/** The first categories that have what was typed in them, those that begin with it first. */
export function matching(options: readonly VocabValue[], typed: string, most: number): string[] {
  const wanted = typed.trim().toLowerCase();
  const begins: string[] = [];
  const holds: string[] = [];
  for (const option of options) {
    const label = String(option);
    const at = label.toLowerCase().indexOf(wanted);
    if (at === 0) begins.push(label);
    else if (at > 0 && holds.length < most) holds.push(label);
    if (begins.length >= most) break;
  }
  return [...begins, ...holds].slice(0, most);
}

/** What to say of a value that training hardly prepared the model for; null where all is well. */
export function outsideNote(field: NumberField, value: FieldValue): string | null {
  const { min, max, seen } = field;
  if (!seen || typeof value !== "number") return null;
  if (value >= min && value <= max) return null;
  const say = sayOf(field);
  return `Outside ${say(min)} to ${say(max)}, which the rows hold: the model guesses here.`;
}

/** The same of a date; dates of one form stand in the order of their texts. */
export function outsideDateNote({ min, max }: DateField, value: FieldValue): string | null {
  if (min === null || max === null || typeof value !== "string") return null;
  if (value >= min && value <= max) return null;
  return `Outside ${min} to ${max}, which the rows hold: the model guesses here.`;
}
