/** Puts what was kept back into the session when the page opens, and keeps what changes from then on. */
import { effect } from "@preact/signals-core";
import type { KeptData } from "../data/panel.ts";
import { currentModel, dataSource, modelSettings, plan, runs, trainingSettings } from "../session.ts";
import { studio } from "../studio.ts";
import type { CurrentModelInfo } from "../training/types.ts";
import { asModelSettings, asPlan, asRuns, asSource, asTrainingSettings } from "./check.ts";
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
  const keys = ["source", "plan", "settings", "runs", "model"] as const satisfies readonly Key[];
  const [source, keptPlan, settings, keptRuns, model] = await read(keys);
  if (typeof settings === "object" && settings !== null) {
    const { model: ofModel, training } = settings as Record<string, unknown>;
    modelSettings.value = asModelSettings(ofModel);
    trainingSettings.value = asTrainingSettings(training);
  }
  runs.value = asRuns(keptRuns);
  const from = asSource(source);
  return { data: from && { source: from, plan: asPlan(keptPlan) }, model: asKeptModel(model) };
}

/** Keeps table, plan, settings and runs whenever they change. */
export function rememberChoices(): void {
  keepChanges("the table", 0, () => {
    const source = dataSource.value;
    return source && { source };
  });
  keepChanges("the settings", 300, () => {
    if (plan.value === null) return null;
    const settings = { model: modelSettings.value, training: trainingSettings.value };
    return { plan: plan.value, settings };
  });
  keepChanges("the runs", 300, () => {
    const underWay = runs.value.some(({ state }) => state === "running" || state === "paused");
    return underWay ? null : { runs: runs.value.slice(-MAX_RUNS) };
  });
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

/** Keeps what `values` makes of signals, `ms` after their last change; not what it makes of them now, and not null. */
function keepChanges(what: string, ms: number, values: () => Partial<KeptValues> | null): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let first = true;
  effect(() => {
    const next = values();
    if (first || !next) {
      first = false;
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => void keep(next, what), ms);
  });
}
