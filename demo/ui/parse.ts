/** Numbers as people type them. What is no such number comes back as a sentence that says what to write. */
import { grouped } from "./format.ts";

export type Typed<T> = { readonly value: T } | { readonly error: string };

export function parseWhole(text: string, min: number, max: number): Typed<number> {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return { value };
  return { error: `Write a whole number from ${grouped(min)} to ${grouped(max)}.` };
}

/** @param range completes "Write a number …" */
export function parseDecimal(text: string, fits: (x: number) => boolean, range: string): Typed<number> {
  const value = decimalOf(text);
  return fits(value) ? { value } : { error: `Write a number ${range}.` };
}

/** Half of Europe types 0,01. NaN for what is no number. */
export function decimalOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", "."));
}

/** Parts with commas, semicolons or blanks between them. */
export function listOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== "");
}
