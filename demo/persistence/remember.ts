/** Puts what was kept back into the session when the page opens, and keeps what changes from then on. */
import { effect } from "@preact/signals-core";
import type { KeptData } from "../data/panel.ts";
import { comparing, cutOff, settings as insideSettings } from "../inside/state.ts";
import type { Comparing } from "../inside/types.ts";
import { lrFinderSettings } from "../lr_finder/actions.ts";
import { currentModel, dataSource, modelSettings, plan, runs, trainingSettings } from "../session.ts";
import { studio } from "../studio.ts";
import type { CurrentModelInfo, Run } from "../training/types.ts";
import {
  asComparing,
  asInsideSettings,
  asLrFinderSettings,
  asModelSettings,
  asPlan,
  asRuns,
  asSource,
  asTrainingSettings,
} from "./check.ts";
import { tellOtherTabs, trainsElsewhere } from "./other_tab.ts";
import { type KeptValues, type Key, keep, read } from "./store.ts";

/** Runs beyond these are forgotten, the oldest first. */
const MAX_RUNS = 12;

/** A model as it is kept: its file, and what the page called it. */
interface KeptModel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly name: string;
  readonly metrics: CurrentModelInfo["metrics"];
  readonly table: CurrentModelInfo["table"];
}

export interface Kept {
  readonly data: KeptData | null;
  readonly model: KeptModel | null;
}

/** Reads what was kept. Settings and runs are in the session then; data and model are for whoever loads them. */
export async function recall(): Promise<Kept> {
  const keys = ["source", "plan", "settings", "runs", "comparing", "model"] as const satisfies readonly Key[];
  const [source, keptPlan, settings, keptRuns, keptComparing, model] = await read(keys);
  if (typeof settings === "object" && settings !== null) {
    const { model: ofModel, training, lrFinder, inside } = settings as Record<string, unknown>;
    modelSettings.value = asModelSettings(ofModel);
    trainingSettings.value = asTrainingSettings(training);
    lrFinderSettings.value = asLrFinderSettings(lrFinder);
    insideSettings.value = asInsideSettings(inside);
  }
  await recallRuns(asRuns(keptRuns), asComparing(keptComparing));
  const from = asSource(source);
  return { data: from && { source: from, plan: asPlan(keptPlan) }, model: asKeptModel(model) };
}

/** What another tab is at is not of this one, and was not cut off. */
async function recallRuns(kept: readonly Run[], comparing: Comparing | null): Promise<void> {
  const unfinished = comparing !== null || kept.some(({ state }) => state === "cut off");
  const elsewhere = unfinished && (await trainsElsewhere());
  runs.value = elsewhere ? kept.filter(({ state }) => state !== "cut off") : kept;
  cutOff.value = elsewhere ? null : comparing;
  // Told once; a run that was cut off stays in its table.
  if (comparing !== null && !elsewhere) void keep({ comparing: null }, "the comparison");
}

/** Keeps table, plan, settings and runs whenever they change; those under way too, to tell if they are cut off. */
export function rememberChoices(): void {
  keepChanges("the table", 0, () => {
    const source = dataSource.value;
    return source && { source };
  });
  keepChanges("the settings", 300, () => {
    if (plan.value === null) return null;
    const settings = {
      model: modelSettings.value,
      training: trainingSettings.value,
      lrFinder: lrFinderSettings.value,
      inside: insideSettings.value,
    };
    return { plan: plan.value, settings };
  });
  keepChanges("the runs", 300, () => ({ runs: runs.value.slice(-MAX_RUNS) }));
  keepChanges("the comparison", 300, () => ({ comparing: comparing.value }));
  tellOtherTabs();
}

/** Keeps every model that becomes the current one. */
export function rememberModel(): void {
  let version: number | null = null;
  effect(() => {
    const current = currentModel.value;
    if (current.state !== "ready" || current.value.version === version) return;
    version = current.value.version;
    if (current.value.origin !== "restored") void keepModel(current.value);
  });
}

async function keepModel({ name, metrics, table }: CurrentModelInfo): Promise<void> {
  const bytes = await studio.modelFile().catch(() => null);
  if (bytes) await keep({ model: { bytes, name, metrics, table } satisfies KeptModel }, "the model");
}

function asKeptModel(value: unknown): KeptModel | null {
  if (typeof value !== "object" || value === null) return null;
  const { bytes, name, metrics, table } = value as Partial<KeptModel>;
  return bytes instanceof Uint8Array && typeof name === "string"
    ? { bytes, name, metrics: metrics ?? {}, table: typeof table === "string" ? table : null }
    : null;
}

/** Keeps what `values` makes of signals, `ms` after they change at the latest; not what it makes of them now, and not null. */
function keepChanges(what: string, ms: number, values: () => Partial<KeptValues> | null): void {
  let next: Partial<KeptValues> | null = null;
  let first = true;
  effect(() => {
    const now = values();
    if (first || !now) {
      first = false;
      return;
    }
    if (next === null) {
      setTimeout(() => {
        if (next) void keep(next, what);
        next = null;
      }, ms);
    }
    next = now;
  });
}
