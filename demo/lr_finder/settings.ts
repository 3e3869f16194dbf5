import type { Parsed } from "../ui/form.ts";
import { decimalOf, parseWhole } from "../ui/parse.ts";
import type { LrFinderSettings } from "./types.ts";

export type LrField = keyof LrFinderSettings;

export function lrTexts({ startLr, endLr, numIt }: LrFinderSettings): Record<LrField, string> {
  return { startLr: String(startLr), endLr: String(endLr), numIt: String(numIt) };
}

/** Checks all fields, so that all mistakes are shown at once. */
export function parseLrFinder(texts: Readonly<Record<LrField, string>>): Parsed<LrFinderSettings, LrField> {
  const errors: Partial<Record<LrField, string>> = {};
  const startLr = decimalOf(texts.startLr);
  const endLr = decimalOf(texts.endLr);
  const numIt = parseWhole(texts.numIt, 20, 1000);
  if (!(startLr > 0 && startLr < 1)) errors.startLr = "Write a number above 0 and below 1, such as 1e-7.";
  if (!(endLr > 0 && endLr <= 100)) errors.endLr = "Write a number above 0, at most 100, such as 10.";
  else if (startLr >= endLr) errors.endLr = "The last rate must be above the first.";
  if ("error" in numIt) errors.numIt = numIt.error;
  if (Object.keys(errors).length > 0 || "error" in numIt) return { errors };
  return { settings: { startLr, endLr, numIt: numIt.value } };
}

/** A rate in two digits, as people write rates. */
export function tidyRate(lr: number): number {
  return Number(lr.toPrecision(2));
}
