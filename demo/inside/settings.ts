/** The comparison's settings as they are typed. */
import { type ModelField, parseLayers } from "../model/settings.ts";
import type { Parsed } from "../ui/form.ts";
import { parseDecimal, parseWhole } from "../ui/parse.ts";
import type { InsideSettings } from "./types.ts";

export type InsideField = "layers" | "lr" | "steps";

export function insideTexts({ layers, lr, steps }: InsideSettings): Record<InsideField, string> {
  return { layers: layers.join(", "), lr: String(lr), steps: String(steps) };
}

/** Checks all fields, so that all mistakes are shown at once. @param current what the fields do not hold */
export function parseInside(
  texts: Readonly<Record<InsideField, string>>,
  current: InsideSettings,
): Parsed<InsideSettings, InsideField> {
  const inLayers: Partial<Record<ModelField, string>> = {};
  const layers = parseLayers(texts.layers, inLayers);
  const lr = parseDecimal(texts.lr, (x) => x > 0 && x <= 10, "above 0, at most 10, such as 0.1");
  const steps = parseWhole(texts.steps, 10, 2000);
  if (!inLayers.layers && "value" in lr && "value" in steps) {
    return { settings: { ...current, layers, lr: lr.value, steps: steps.value } };
  }
  return {
    errors: {
      ...(inLayers.layers ? { layers: inLayers.layers } : {}),
      ...("error" in lr ? { lr: lr.error } : {}),
      ...("error" in steps ? { steps: steps.error } : {}),
    },
  };
}
