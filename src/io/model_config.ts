import { ModelFileError, OptionError } from "../errors.ts";
import { checkConfig, type TabularModelConfig } from "../model/config.ts";
import { badField } from "./bad_field.ts";

/**
 * The model's shape as a file gives it: every field of its type, and a model that can exist.
 *
 * @param value parsed JSON of any kind; fields TabularModelConfig does not have are dropped.
 * @throws {ModelFileError} naming the field.
 */
export function checkModelConfig(value: unknown): TabularModelConfig {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw badField("config", "an object");
  const field = value as Record<string, unknown>;
  const { layout } = field;
  if (layout !== "A" && layout !== "C") throw badField("config.layout", '"A" or "C"');
  const { linearBias } = field;
  if (linearBias !== "auto" && typeof linearBias !== "boolean") {
    throw badField("config.linearBias", '"auto", true or false');
  }
  const config: TabularModelConfig = {
    layout,
    embeddingSizes: list(field.embeddingSizes, "config.embeddingSizes").map((size, i) =>
      pair(size, `config.embeddingSizes[${i}]`),
    ),
    continuous: number(field.continuous, "config.continuous"),
    outputs: number(field.outputs, "config.outputs"),
    layers: numbers(field.layers, "config.layers"),
    ps: numbers(field.ps, "config.ps"),
    embDrop: number(field.embDrop, "config.embDrop"),
    yRange: field.yRange === null ? null : pair(field.yRange, "config.yRange"),
    useBn: boolean(field.useBn, "config.useBn"),
    bnFinal: boolean(field.bnFinal, "config.bnFinal"),
    bnCont: boolean(field.bnCont, "config.bnCont"),
    linearBias,
    bnBiasInit: number(field.bnBiasInit, "config.bnBiasInit"),
  };
  try {
    checkConfig(config);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new ModelFileError(`The model file's config describes no model. ${error.message}`);
  }
  return config;
}

function number(value: unknown, path: string): number {
  if (typeof value !== "number") throw badField(path, "a number");
  return value;
}

function boolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw badField(path, "true or false");
  return value;
}

function list(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw badField(path, "a list");
  return value;
}

function numbers(value: unknown, path: string): number[] {
  return list(value, path).map((n, i) => number(n, `${path}[${i}]`));
}

function pair(value: unknown, path: string): [number, number] {
  const values = numbers(value, path);
  if (values.length !== 2) throw badField(path, "a pair of numbers");
  return [values[0], values[1]];
}
