import { ModelFileError } from "../errors.ts";
import { parseDate } from "./dates.ts";
import { filledColumns, NA_SUFFIX, type PreprocessingState } from "./preprocessing_state.ts";

const KINDS = ["text", "number", "boolean", "date"];
const RECIPES = ["v1", "v2"];
const STRATEGIES = ["median", "mode", "constant"];
const TASKS = ["regression", "classification", "multilabel"];

function fail(path: string, problem: string): never {
  throw new ModelFileError(`${path} ${problem}. The model file is damaged or was not written by TabGPU.`);
}

/** A value as an error message shows it, cut short: it comes from an untrusted file. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function object(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fail(path, `is ${show(value)}; expected an object`);
  }
  return value as Record<string, unknown>;
}

function array(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) fail(path, `is ${show(value)}; expected an array`);
  return value;
}

function oneOf(value: unknown, allowed: readonly string[], path: string): void {
  if (!allowed.includes(value as string)) {
    fail(path, `is ${show(value)}; expected one of ${allowed.map((item) => `"${item}"`).join(", ")}`);
  }
}

function string(value: unknown, path: string): string {
  if (typeof value !== "string") fail(path, `is ${show(value)}; expected a string`);
  return value;
}

function boolean(value: unknown, path: string): void {
  if (typeof value !== "boolean") fail(path, `is ${show(value)}; expected true or false`);
}

function finite(value: unknown, path: string, minimum = Number.NEGATIVE_INFINITY): void {
  if (typeof value !== "number" || !Number.isFinite(value) || value < minimum) {
    const wanted = minimum === 0 ? "a finite number of at least 0" : "a finite number";
    fail(path, `is ${show(value)}; expected ${wanted}`);
  }
}

function distinctNames(names: readonly string[], path: string): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) fail(path, `names ${show(twice)} twice`);
}

function isLevel(level: unknown, type: string): boolean {
  switch (type) {
    case "number":
      return typeof level === "number" && Number.isFinite(level);
    case "boolean":
      return typeof level === "boolean";
    case "date":
      return typeof level === "string" && !Number.isNaN(parseDate(level));
    default:
      return typeof level === "string";
  }
}

function checkLevels(value: unknown, type: string, path: string): void {
  const levels = array(value, path);
  if (levels.length === 0) fail(path, "is empty; a vocabulary has at least one level");
  levels.forEach((level, i) => {
    if (!isLevel(level, type)) fail(`${path}[${i}]`, `is ${show(level)}, which is no ${type}`);
  });
  if (new Set(levels).size !== levels.length) fail(path, "holds a level twice");
}

function checkTarget(value: unknown, path: string): void {
  const target = object(value, path);
  oneOf(target.task, TASKS, `${path}.task`);
  const names = array(target.names, `${path}.names`).map((name, i) => string(name, `${path}.names[${i}]`));
  if (names.length === 0) fail(`${path}.names`, "is empty; expected at least one target");
  distinctNames(names, `${path}.names`);
  if (target.task === "regression") boolean(target.log, `${path}.log`);
  if (target.task !== "classification") return;
  if (names.length !== 1) fail(`${path}.names`, `has ${names.length} names; a classification has one`);
  const classes = array(target.classes, `${path}.classes`);
  const type = typeof classes[0] === "string" ? "text" : typeof classes[0];
  checkLevels(classes, type, `${path}.classes`);
  if (classes.length < 2) fail(`${path}.classes`, "has one class; expected at least two");
}

/**
 * Checks a preprocessing state that came from JSON, down to every field, so that the rest of TabGPU may trust it.
 *
 * @returns the same value, typed
 * @throws {ModelFileError} that names the path of the first defect, such as `preprocessing.continuous[2].std`
 */
export function checkPreprocessing(value: unknown): PreprocessingState {
  const path = "preprocessing";
  const state = object(value, path);
  if (state.version !== 1) fail(`${path}.version`, `is ${show(state.version)}; this TabGPU reads version 1`);
  oneOf(state.recipe, RECIPES, `${path}.recipe`);
  oneOf(state.fillStrategy, STRATEGIES, `${path}.fillStrategy`);
  boolean(state.addNaColumns, `${path}.addNaColumns`);

  const categorical = array(state.categorical, `${path}.categorical`).map((item, i) => {
    const at = `${path}.categorical[${i}]`;
    const { name, type, levels } = object(item, at);
    oneOf(type, KINDS, `${at}.type`);
    checkLevels(levels, type as string, `${at}.levels`);
    return string(name, `${at}.name`);
  });
  const continuous = array(state.continuous, `${path}.continuous`).map((item, i) => {
    const at = `${path}.continuous[${i}]`;
    const { name, mean, std } = object(item, at);
    finite(mean, `${at}.mean`);
    finite(std, `${at}.std`, 0);
    return string(name, `${at}.name`);
  });
  distinctNames([...categorical, ...continuous], `${path}.categorical and continuous`);
  if (categorical.length + continuous.length === 0) fail(path, "has no input column");

  for (const [name, fill] of Object.entries(object(state.fillMissing, `${path}.fillMissing`))) {
    const at = `${path}.fillMissing[${JSON.stringify(name)}]`;
    finite(fill, at);
    if (!continuous.includes(name)) fail(at, "fills a column that is not continuous");
  }
  array(state.dateParts, `${path}.dateParts`).forEach((item, i) => {
    const at = `${path}.dateParts[${i}]`;
    const { column, prefix, time } = object(item, at);
    string(column, `${at}.column`);
    string(prefix, `${at}.prefix`);
    boolean(time, `${at}.time`);
  });
  checkTarget(state.target, `${path}.target`);

  const checked = state as unknown as PreprocessingState;
  const added = filledColumns(checked).map((name) => name + NA_SUFFIX);
  const last = categorical.slice(categorical.length - added.length);
  if (added.length > categorical.length || added.some((name, i) => name !== last[i])) {
    fail(`${path}.categorical`, `must end with ${show(added)}, the columns that FillMissing added`);
  }
  for (const { type } of checked.categorical.slice(categorical.length - added.length)) {
    if (type !== "boolean") fail(`${path}.categorical`, `has a "was missing" column of type ${show(type)}`);
  }
  return checked;
}
