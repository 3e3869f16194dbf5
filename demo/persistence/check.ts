/** Whether what was kept is still what this page understands: an older page may have written it. Pure, for any value. */
import type { DataPlan } from "../data/types.ts";
import {
  type Comparing,
  DEFAULT_INSIDE_SETTINGS,
  type InsideSettings,
  type Switch,
} from "../inside/types.ts";
import { DEFAULT_LR_FINDER_SETTINGS, type LrFinderSettings } from "../lr_finder/types.ts";
import { DEFAULT_MODEL_SETTINGS, type ModelSettings } from "../model/types.ts";
import type { DataSource } from "../session.ts";
import { cutOff, newRun } from "../training/runs.ts";
import {
  DEFAULT_TRAINING_SETTINGS,
  type Learned,
  type Run,
  type TrainingSettings,
} from "../training/types.ts";

export function asSource(value: unknown): DataSource | null {
  if (!isObject(value)) return null;
  if (value.kind === "sample") return { kind: "sample" };
  const { kind, file, missing } = value;
  if (kind !== "file" || !(file instanceof File)) return null;
  const marks = Array.isArray(missing) && missing.every((mark) => typeof mark === "string");
  return marks ? { kind, file, missing } : { kind, file };
}

export function asPlan(value: unknown): DataPlan | null {
  if (!isObject(value) || !isObject(value.roles) || !isObject(value.valid)) return null;
  const { task, logTarget, seed } = value;
  const known = task === "regression" || task === "classification";
  return known && typeof logTarget === "boolean" && typeof seed === "number"
    ? (value as unknown as DataPlan)
    : null;
}

/** Fields that are missing or of another kind are the defaults'. */
export function asModelSettings(value: unknown): ModelSettings {
  const merged = mergeLike(DEFAULT_MODEL_SETTINGS, value);
  const yRange = isObject(value) ? value.yRange : null;
  const pair = numbers(yRange) && yRange.length === 2 ? ([yRange[0], yRange[1]] as const) : null;
  const lists = numbers(merged.layers) && numbers(merged.ps);
  return lists ? { ...merged, yRange: pair } : { ...DEFAULT_MODEL_SETTINGS, yRange: pair };
}

export function asTrainingSettings(value: unknown): TrainingSettings {
  return mergeLike(DEFAULT_TRAINING_SETTINGS, value);
}

export function asLrFinderSettings(value: unknown): LrFinderSettings {
  return mergeLike(DEFAULT_LR_FINDER_SETTINGS, value);
}

export function asInsideSettings(value: unknown): InsideSettings {
  const merged = mergeLike(DEFAULT_INSIDE_SETTINGS, value);
  const { change, layers } = DEFAULT_INSIDE_SETTINGS;
  return {
    ...merged,
    change: SWITCHES.includes(merged.change) ? merged.change : change,
    layers: numbers(merged.layers) ? merged.layers : layers,
  };
}

const SWITCHES: readonly Switch[] = ["blocks", "continuous", "both"];

/** How far a comparison had come when the page that trained it went; null where none was under way. */
export function asComparing(value: unknown): Comparing | null {
  if (!isObject(value)) return null;
  const { step, steps } = value;
  return typeof step === "number" && typeof steps === "number" ? { step, steps } : null;
}

/** Runs that ended, and such as were cut off: under way when the page went. */
export function asRuns(value: unknown): Run[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((run) => asRun(run) ?? []);
}

const STATES = [
  "running",
  "paused",
  "done",
  "stopped",
  "failed",
  "cut off",
] as const satisfies readonly Run["state"][];

function asRun(value: unknown): Run | null {
  if (!isObject(value) || typeof value.id !== "number") return null;
  const settings = asTrainingSettings(value.settings);
  const model = asModelSettings(value.model);
  const run = mergeLike(newRun(value.id, model, settings, asLearned(value.learned)), value);
  const { train, valid, schedule } = run;
  const series = [train.step, train.loss, valid.step, valid.loss, schedule.step, schedule.lr, schedule.mom];
  if (!series.every(Array.isArray) || !STATES.includes(run.state)) return null;
  const underWay = run.state === "running" || run.state === "paused";
  const checked: Run = {
    ...run,
    settings,
    model,
    learned: asLearned(value.learned),
    message: typeof value.message === "string" ? value.message : null,
    best: isObject(value.best) ? (value.best as unknown as Run["best"]) : null,
  };
  return underWay ? cutOff(checked) : checked;
}

const UNKNOWN: Learned = { target: "", task: "regression", table: "", heldOut: "" };

function asLearned(value: unknown): Learned {
  const learned = mergeLike(UNKNOWN, value);
  return learned.task === "classification" ? learned : { ...learned, task: "regression" };
}

function mergeLike<T extends object>(defaults: T, value: unknown): T {
  if (!isObject(value)) return defaults;
  const entries = Object.entries(defaults).map(([name, usual]) => {
    const kept = value[name];
    const alike = typeof kept === typeof usual && Array.isArray(kept) === Array.isArray(usual);
    const sound = typeof kept !== "number" || Number.isFinite(kept);
    return [name, alike && sound ? kept : usual];
  });
  return Object.fromEntries(entries) as T;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function numbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);
}
