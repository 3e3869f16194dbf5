import type { EpochRow } from "tabgpu";

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

/** A training, under way or ended. Series grow while it runs; a new object is made for each change. */
export interface Run {
  readonly id: number;
  /** What tells it from the others: "200, 100 · lr 0.02", renamed by the user if he likes. */
  readonly name: string;
  readonly state: "running" | "paused" | "done" | "stopped" | "failed";
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
  readonly message: string | null;
  /** The plan's version and settings it ran with. */
  readonly settings: TrainingSettings;
}

/** The model that the panels below the training use. */
export interface CurrentModelInfo {
  /** "Run 2 · 200, 100" or the file's name. */
  readonly name: string;
  readonly origin: "trained" | "file" | "restored";
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
