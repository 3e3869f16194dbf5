/** The comparison on the page: its settings, what was seen so far, and how it begins and ends. */
import { computed, signal } from "@preact/signals-core";
import { proxy } from "comlink";
import { busy, canTrain, data, modelSettings, trainingSettings } from "../session.ts";
import { studio } from "../studio.ts";
import { Form } from "../ui/form.ts";
import { EMPTY, type Loadable, latest, messageOf, ready } from "../ui/loadable.ts";
import type { Metric, Place } from "./layers.ts";
import { type InsideField, insideTexts, parseInside } from "./settings.ts";
import {
  type Comparing,
  type Comparison,
  DEFAULT_INSIDE_SETTINGS,
  type InsideEvent,
  type InsideResult,
  type InsideSettings,
} from "./types.ts";

export const settings = signal<InsideSettings>(DEFAULT_INSIDE_SETTINGS);
export const form = new Form<InsideSettings, InsideField>(settings, insideTexts, (texts) =>
  parseInside(texts, settings.value),
);
export const comparison = signal<Loadable<Comparison>>(EMPTY);

/** What is under way, for the next visit to know if it is cut off. */
export const comparing = computed((): Comparing | null => {
  if (busy.value !== "inside") return null;
  const shown = latest(comparison.value);
  return { step: shown ? stepsDone(shown) : 0, steps: settings.value.steps };
});
/** Where a comparison was when the page that trained it was closed or loaded anew. */
export const cutOff = signal<Comparing | null>(null);

/** What of the layers is drawn, and where it is taken. */
export const metric = signal<Metric>("std");
export const place = signal<Place>("handed");

export async function start(): Promise<void> {
  const info = latest(data.value);
  if (!info || !canTrain.value) return;
  busy.value = "inside";
  cutOff.value = null;
  const chosen = settings.value;
  comparison.value = { state: "loading", note: "Preparing both models", fraction: 0 };
  let seen: Comparison = {
    settings: chosen,
    dataVersion: info.version,
    trainRows: info.trainRows,
    batch: 0,
    looks: { with: [], without: [] },
    result: null,
  };
  const onEvent = (event: InsideEvent) => {
    if (event.kind === "compile") {
      comparison.value = { state: "loading", note: "Preparing both models", fraction: event.fraction };
      return;
    }
    seen =
      event.kind === "begin"
        ? { ...seen, batch: event.batch }
        : {
            ...seen,
            looks: { ...seen.looks, [event.side]: [...seen.looks[event.side], event.look] },
          };
    comparison.value = {
      state: "loading",
      note: "Both models train",
      fraction: stepsDone(seen) / chosen.steps,
      value: seen,
    };
  };
  try {
    const result: InsideResult = await studio.compareInside(
      chosen,
      modelSettings.value,
      trainingSettings.value,
      proxy(onEvent),
    );
    const nothing = seen.looks.with.length === 0;
    comparison.value = nothing ? EMPTY : ready({ ...seen, result });
  } catch (error) {
    const value = seen.looks.with.length > 0 ? seen : undefined;
    comparison.value = { state: "failed", message: messageOf(error), ...(value ? { value } : {}) };
  } finally {
    busy.value = null;
  }
}

export function stop(): void {
  void studio.stopInside();
}

export function stepsDone({ looks }: Comparison): number {
  return Math.max(looks.with.at(-1)?.step ?? 0, looks.without.at(-1)?.step ?? 0);
}
