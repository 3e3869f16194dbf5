import { grouped } from "./format.ts";
import type { Settings } from "./messages.ts";

/** The form's fields as they were typed. */
export type Typed = Readonly<Record<keyof Settings, string>>;
/** What is wrong with a field, and what to write instead. */
export type SettingErrors = Partial<Record<keyof Settings, string>>;

const MAX_LAYERS = 8;
const MAX_WIDTH = 2048;
const MAX_BS = 8192;
const MAX_EPOCHS = 200;

/** Checks all fields, so that all mistakes are shown at once. */
export function parseSettings(typed: Typed): { settings: Settings } | { errors: SettingErrors } {
  const errors: SettingErrors = {};
  const settings: Settings = {
    layers: parseLayers(typed.layers, errors),
    epochs: parseWhole("epochs", typed.epochs, 1, MAX_EPOCHS, errors),
    // BatchNorm needs two rows to tell their mean from either.
    bs: parseWhole("bs", typed.bs, 2, MAX_BS, errors),
    lr: parseDecimal("lr", typed.lr, (x) => x > 0 && x <= 10, "above 0, at most 10, such as 0.01", errors),
    wd: parseDecimal("wd", typed.wd, (x) => x >= 0 && x <= 10, "from 0 to 10, such as 0.1", errors),
  };
  return Object.keys(errors).length > 0 ? { errors } : { settings };
}

function parseLayers(text: string, errors: SettingErrors): number[] {
  const words = text.split(",").map((word) => word.trim());
  const widths = words.map((word) => (/^\d+$/.test(word) ? Number(word) : Number.NaN));
  if (widths.some((width) => !(width >= 1 && width <= MAX_WIDTH))) {
    errors.layers = `Write whole numbers from 1 to ${grouped(MAX_WIDTH)} with commas between them, such as 200, 100.`;
  } else if (widths.length > MAX_LAYERS) {
    errors.layers = `These are ${widths.length} layers; at most ${MAX_LAYERS} fit here.`;
  }
  return widths;
}

function parseWhole(
  name: keyof Settings,
  text: string,
  min: number,
  max: number,
  errors: SettingErrors,
): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) errors[name] = `Write a whole number from ${min} to ${grouped(max)}.`;
  return value;
}

function parseDecimal(
  name: keyof Settings,
  text: string,
  fits: (x: number) => boolean,
  range: string,
  errors: SettingErrors,
): number {
  // Half of Europe types 0,01.
  const value = text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", "."));
  if (!fits(value)) errors[name] = `Write a number ${range}.`;
  return value;
}
