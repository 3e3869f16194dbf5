import type { EpochRow, Progress } from "tabgpu";
import type { ModelSettings } from "../model/types.ts";

export interface TrainingSettings {
  readonly epochs: number;
  readonly bs: number;
  readonly lr: number;
  readonly wd: number;
  readonly seed: number;
}

export const DEFAULT_TRAINING_SETTINGS: TrainingSettings = {
  epochs: 5,
  bs: 256,
  lr: 0.02,
  wd: 0.3,
  seed: 42,
};

/** Steps that are new, one every few if there are many; counted from 1. */
export interface StepBlock {
  readonly step: readonly number[];
  /** Smoothed, see StepReporter. */
  readonly loss: readonly number[];
  readonly lr: readonly number[];
  readonly mom: readonly number[];
}

/** What the best possible model would reach, where that is known: on the sample. */
export interface BestPossible {
  readonly metric: string;
  readonly value: number;
  /** What noise leaves of the loss. */
  readonly loss: number;
}

/** What the worker tells of a training while it runs. */
export type TrainingEvent =
  | { readonly kind: "compile"; readonly done: number; readonly total: number }
  | {
      readonly kind: "begin";
      readonly epochs: number;
      readonly steps: number;
      readonly best: BestPossible | null;
    }
  | { readonly kind: "progress"; readonly progress: Progress; readonly block: StepBlock }
  | { readonly kind: "epoch"; readonly row: EpochRow }
  | { readonly kind: "paused" }
  | { readonly kind: "finishing" };

/** How a training ended. */
export interface TrainingResult {
  /** By Stop, before its last epoch. */
  readonly stopped: boolean;
  /** The model it made; null where it was stopped before the first step. */
  readonly current: CurrentModelInfo | null;
  readonly block: StepBlock;
}

/** What a run learned, and what its scores were taken from: runs compare where all of it is the same. */
export interface Learned {
  /** As the model learns it: "ln sales". */
  readonly target: string;
  readonly task: "regression" | "classification";
  /** Its name; empty where that is not known. */
  readonly table: string;
  /** "the last 6,000 of 60,000 rows"; empty where none were held out. */
  readonly heldOut: string;
}

/** A training, under way or ended. Series grow while it runs; a new object is made for each change. */
export interface Run {
  readonly id: number;
  /** What tells it from the others: "200, 100 · lr 0.02", renamed by the user if he likes. */
  readonly name: string;
  readonly state: "running" | "paused" | "done" | "stopped" | "failed" | "cut off";
  readonly steps: number;
  readonly epochs: number;
  /** By step, one every few steps if there are many. */
  readonly train: { readonly step: readonly number[]; readonly loss: readonly number[] };
  readonly valid: { readonly step: readonly number[]; readonly loss: readonly number[] };
  readonly schedule: {
    readonly step: readonly number[];
    readonly lr: readonly number[];
    readonly mom: readonly number[];
  };
  readonly history: readonly EpochRow[];
  readonly progress: {
    readonly fraction: number;
    readonly rowsPerSecond: number;
    readonly secondsLeft: number;
    readonly text: string;
  };
  /** What went wrong. */
  readonly message: string | null;
  /** The settings it ran with. */
  readonly settings: TrainingSettings;
  readonly model: ModelSettings;
  /** What it learned, and from which rows its scores are: those of others do not compare. */
  readonly learned: Learned;
  readonly best: BestPossible | null;
  /** Of the model at its end; empty while it runs and where there are no validation rows. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Drawn in the charts. */
  readonly shown: boolean;
}

/** The model that the panels below the training use. */
export interface CurrentModelInfo {
  /** "Run 2: 200, 100 · lr 0.001", or the file's name. */
  readonly name: string;
  readonly origin: "trained" | "file" | "restored";
  /** Name of the table that it was trained on; null where that is not known. */
  readonly table: string | null;
  readonly target: string;
  readonly task: "regression" | "classification" | "multilabel" | "multi-regression";
  readonly parameters: number;
  readonly fileBytes: number;
  /** Whether the rows it was trained and validated on are at hand. */
  readonly hasRows: boolean;
  readonly metrics: Readonly<Record<string, number>>;
  /** Grows with every model. */
  readonly version: number;
}
