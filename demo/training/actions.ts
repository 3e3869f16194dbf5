import { computed, effect, signal } from "@preact/signals-core";
import { proxy } from "comlink";
import {
  adapter,
  busy,
  canTrain,
  currentModel,
  data,
  modelSettings,
  plan,
  runs,
  table,
  trainingSettings,
} from "../session.ts";
import { studio } from "../studio.ts";
import { latest, messageOf, ready } from "../ui/loadable.ts";
import { learnedOf } from "./learned.ts";
import { afterEnd, afterEvent, afterFailure, newRun } from "./runs.ts";
import { isSuggested, suggestedSettings } from "./settings.ts";
import type { Run, TrainingEvent } from "./types.ts";

/** What was asked of the training under way, until it is so. */
export const asked = signal<"pause" | "stop" | null>(null);

/** The training under way. */
export const running = computed(() =>
  runs.value.find(({ state }) => state === "running" || state === "paused"),
);

/** The run whose epochs are shown: the one chosen, else the newest. */
export const chosenId = signal<number | null>(null);
export const chosen = computed(
  () => runs.value.find(({ id }) => id === chosenId.value) ?? runs.value.at(-1) ?? null,
);

/** Called once: settings that nobody changed follow the size of the table. */
export function startTraining(): void {
  let version = -1;
  effect(() => {
    const found = data.value;
    if (found.state !== "ready" || found.value.version === version) return;
    version = found.value.version;
    const settings = trainingSettings.peek();
    if (isSuggested(settings)) trainingSettings.value = suggestedSettings(found.value.trainRows);
  });
}

/** Trains with the settings as they are; the run joins the others. */
export async function train(): Promise<void> {
  const info = latest(data.value);
  if (!canTrain.value || !info || !plan.value) return;
  const id = 1 + Math.max(0, ...runs.value.map((run) => run.id));
  const learned = learnedOf(info, plan.value.valid, latest(table.value)?.name);
  const run = newRun(id, modelSettings.value, trainingSettings.value, learned);
  asked.value = null;
  busy.value = "training";
  runs.value = [...runs.value, run];
  chosenId.value = null;
  const onEvent = (event: TrainingEvent) => update(id, (now) => afterEvent(now, event));
  try {
    const name = `Run ${id}: ${run.name}`;
    const result = await studio.train(name, run.model, run.settings, proxy(onEvent));
    update(id, (now) => afterEnd(now, result));
    if (result.current) currentModel.value = ready(result.current);
  } catch (error) {
    const message = messageOf(error);
    update(id, (now) => afterFailure(now, message));
  } finally {
    asked.value = null;
    busy.value = null;
  }
}

export function pause(): void {
  asked.value = "pause";
  void studio.pauseTraining();
}

export function resume(): void {
  asked.value = null;
  const run = running.value;
  if (run) update(run.id, (now) => ({ ...now, state: "running" }));
  void studio.resumeTraining();
}

export function stop(): void {
  asked.value = "stop";
  void studio.stopTraining();
}

export function rename(id: number, name: string): void {
  const trimmed = name.trim();
  if (trimmed !== "") update(id, (run) => ({ ...run, name: trimmed }));
}

export function show(id: number, shown: boolean): void {
  update(id, (run) => ({ ...run, shown }));
}

export function remove(id: number): void {
  runs.value = runs.value.filter((run) => run.id !== id);
}

/** Whether training runs on the CPU although WebGPU was wanted, and why. */
export const cpuReason = computed(() => latest(adapter.value)?.reason ?? null);

function update(id: number, change: (run: Run) => Run): void {
  runs.value = runs.value.map((run) => (run.id === id ? change(run) : run));
}
