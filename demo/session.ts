/**
 * What the page knows, as signals: panels read them and are drawn again when they change. Data flows down the page: table →
 * plan → data → model settings → runs → current model. A panel writes its own signals only.
 */
import { computed, signal } from "@preact/signals-core";
import type { DataInfo, DataPlan, TableInfo } from "./data/types.ts";
import type { LrCurve } from "./lr_finder/types.ts";
import type { AdapterInfo, ModelInfo, ModelSettings } from "./model/types.ts";
import { DEFAULT_MODEL_SETTINGS } from "./model/types.ts";
import type { CurrentModelInfo, Run, TrainingSettings } from "./training/types.ts";
import { DEFAULT_TRAINING_SETTINGS } from "./training/types.ts";
import { EMPTY, type Loadable } from "./ui/loadable.ts";

/** Where the table comes from; written by data/ once it is read, kept for the next visit by persistence/. */
export type DataSource =
  | { readonly kind: "sample" }
  | {
      readonly kind: "file";
      readonly file: File;
      /** Cells that a person called missing, besides the usual ones. */
      readonly missing?: readonly string[];
    };
export const dataSource = signal<DataSource | null>(null);

/** Written by data/. */
export const table = signal<Loadable<TableInfo>>(EMPTY);
export const plan = signal<DataPlan | null>(null);
export const data = signal<Loadable<DataInfo>>(EMPTY);

/** Written by model/. */
export const modelSettings = signal<ModelSettings>(DEFAULT_MODEL_SETTINGS);
export const model = signal<Loadable<ModelInfo>>(EMPTY);

/** Written by lr_finder/. */
export const lrCurve = signal<Loadable<LrCurve>>(EMPTY);

/** Written by training/, the learning rate also by lr_finder/. */
export const trainingSettings = signal<TrainingSettings>(DEFAULT_TRAINING_SETTINGS);
export const runs = signal<readonly Run[]>([]);

/** Written by training/ when a run ends, by take_away/ when a file is opened, and by main.ts, which restores one. */
export const currentModel = signal<Loadable<CurrentModelInfo>>(EMPTY);

/** What the worker's learner is busy with; only one of these runs at a time. */
export type Busy = "training" | "lr_finder" | "inside" | null;
export const busy = signal<Busy>(null);

/** The adapter in one line, once known; `software` covers a missing one, where training runs on the CPU. */
export const adapter = signal<Loadable<AdapterInfo>>(EMPTY);

/**
 * Whether a training may begin. A model that is still being prepared is no hindrance, the worker does one after the
 * other: leaving a field by pressing Train must not find the button switched off.
 */
export const canTrain = computed(() => {
  const { state } = model.value;
  return data.value.state === "ready" && (state === "ready" || state === "loading") && busy.value === null;
});
