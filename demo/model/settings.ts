/** The model's settings as they are typed. */
import type { Parsed } from "../ui/form.ts";
import { grouped } from "../ui/format.ts";
import { decimalOf, listOf } from "../ui/parse.ts";
import type { ModelSettings } from "./types.ts";

export type ModelField = "layers" | "ps" | "embDrop" | "low" | "high";

/** As the panel calls them, in its order. */
export const MODEL_LABELS: Readonly<Record<ModelField, string>> = {
  layers: "Hidden layers",
  ps: "Dropout",
  embDrop: "Embedding dropout",
  low: "Lowest",
  high: "Highest",
};

const MAX_LAYERS = 8;
const MAX_WIDTH = 2048;

export function modelTexts({ layers, ps, embDrop, yRange }: ModelSettings): Record<ModelField, string> {
  return {
    layers: layers.join(", "),
    ps: ps.join(", "),
    embDrop: String(embDrop),
    low: yRange ? String(yRange[0]) : "",
    high: yRange ? String(yRange[1]) : "",
  };
}

/** Checks all fields, so that all mistakes are shown at once. @param current what the fields do not hold */
export function parseModel(
  texts: Readonly<Record<ModelField, string>>,
  current: ModelSettings,
): Parsed<ModelSettings, ModelField> {
  const errors: Partial<Record<ModelField, string>> = {};
  const layers = parseLayers(texts.layers, errors);
  const settings: ModelSettings = {
    ...current,
    layers,
    ps: parseDropouts(texts.ps, layers.length, errors),
    embDrop: parseEmbDrop(texts.embDrop, errors),
    yRange: parseRange(texts.low, texts.high, errors),
  };
  return Object.keys(errors).length > 0 ? { errors } : { settings };
}

type Errors = Partial<Record<ModelField, string>>;

export function parseLayers(text: string, errors: Errors): number[] {
  const widths = listOf(text).map((word) => (/^\d+$/.test(word) ? Number(word) : Number.NaN));
  if (widths.length === 0 || widths.some((width) => !(width >= 1 && width <= MAX_WIDTH))) {
    errors.layers = `Write whole numbers from 1 to ${grouped(MAX_WIDTH)} with commas between them, such as 200, 100.`;
  } else if (widths.length > MAX_LAYERS) {
    errors.layers = `These are ${widths.length} layers; at most ${MAX_LAYERS} fit here.`;
  }
  return widths;
}

const isProbability = (p: number) => p >= 0 && p < 1;

function parseDropouts(text: string, layers: number, errors: Errors): number[] {
  const ps = listOf(text).map(Number);
  if (ps.length === 0 || !ps.every(isProbability)) {
    errors.ps = "Write numbers from 0 to below 1, such as 0.1, or 0.1, 0.2 for each layer its own.";
  } else if (ps.length !== 1 && ps.length !== layers && errors.layers === undefined) {
    errors.ps = `These are ${ps.length} numbers for ${layers} hidden ${layers === 1 ? "layer" : "layers"}. Write one for all, or one each.`;
  }
  return ps;
}

function parseEmbDrop(text: string, errors: Errors): number {
  const p = decimalOf(text);
  if (!isProbability(p)) errors.embDrop = "Write a number from 0 to below 1, such as 0.05.";
  return p;
}

function parseRange(low: string, high: string, errors: Errors): [number, number] | null {
  if (low.trim() === "" && high.trim() === "") return null;
  const range: [number, number] = [decimalOf(low), decimalOf(high)];
  if (!Number.isFinite(range[0])) errors.low = "Write a number, or leave both fields empty.";
  else if (!Number.isFinite(range[1])) errors.high = "Write a number, or leave both fields empty.";
  else if (range[0] >= range[1]) errors.high = "The highest output must be above the lowest.";
  return range;
}

/** A range a little wider than what the target was seen to reach, in few digits. */
export function roomyRange([min, max]: readonly [number, number]): [number, number] {
  const room = (max - min || Math.abs(max) || 1) * 0.1;
  const step = 10 ** Math.floor(Math.log10(room));
  const tidy = (x: number) => Number(x.toPrecision(12));
  const low = tidy(Math.floor((min - room) / step) * step);
  return [min >= 0 ? Math.max(0, low) : low, tidy(Math.ceil((max + room) / step) * step)];
}

type Range = readonly [number, number];

/**
 * Whether a range of outputs was for something else than what is learned now: it does not reach all that was seen of the
 * target, or it is the one proposed for the target before.
 */
export function isForeignRange(range: Range, seen: Range, seenBefore: Range | null): boolean {
  const covers = range[0] <= seen[0] && range[1] >= seen[1];
  const same = (other: Range) => range[0] === other[0] && range[1] === other[1];
  const proposedBefore = seenBefore !== null && same(roomyRange(seenBefore));
  return !covers || (proposedBefore && !same(roomyRange(seen)));
}
