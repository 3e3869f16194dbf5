/** What the command line sends to its page and gets back: plain data, imported by both sides. */
import type { TabularDataOptions } from "../data/tabular_data.ts";
import type { EpochRow } from "../train/callbacks.ts";
import type { LrFindResult } from "../train/learner.ts";
import type { ModelOptions } from "../train/model_options.ts";
import type { Progress } from "../train/progress.ts";
import type { ReadSpec } from "./read_spec.ts";

/** Where the table comes from: a file served to the page by its name, or the embedded sample. */
export type DataSpec =
  | ({ readonly file: string } & ReadSpec)
  | { readonly sample: { readonly rows: number; readonly seed: number } };

/** Everything needed to make a learner. */
export interface LearnerSpec {
  readonly data: DataSpec;
  readonly tabular: TabularDataOptions;
  readonly model: ModelOptions;
  /** Names; empty for the task's usual metric. */
  readonly metrics: readonly string[];
  readonly bs: number;
  readonly recipe: "v1" | "v2";
  readonly seed: number;
}

export interface TrainSpec extends LearnerSpec {
  readonly epochs: number;
  /** Undefined: the recipe's. */
  readonly lr?: number;
  readonly wd?: number;
}

export interface PredictSpec extends ReadSpec {
  readonly file: string;
  readonly header: readonly string[];
  /** Input columns to repeat before the predictions. */
  readonly keep: readonly string[];
}

export interface PredictOutcome {
  readonly rows: number;
  readonly unseen: readonly string[];
}

/** What the page tells while it works. */
export type PageEvent =
  | {
      readonly kind: "reading";
      readonly rows: number;
      readonly bytes: number;
      readonly totalBytes: number | null;
    }
  | { readonly kind: "data"; readonly summary: DataSummary }
  | {
      readonly kind: "model";
      readonly text: string;
      readonly parameters: number;
    }
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "epoch"; readonly row: EpochRow };

export interface DataSummary {
  readonly rows: number;
  readonly trainRows: number;
  readonly validRows: number;
  readonly categorical: readonly string[];
  readonly continuous: readonly string[];
  readonly target: readonly string[];
  readonly task: string;
  readonly warnings: readonly string[];
}

/** A validation row: what the model says and what is true, per target. */
export interface Example {
  readonly row: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly prediction: Shown;
  readonly truth: Shown;
}

/** A label, a number, or a number per target. */
export type Shown = string | number | Readonly<Record<string, number>>;

export interface TrainResult {
  readonly epochs: readonly EpochRow[];
  readonly lr: number;
  readonly parameters: number;
  /** valid_loss of the model that knows no column; null where there is none to compare with. */
  readonly baseline: Baseline | null;
  readonly examples: readonly Example[];
  /** Of the sample only: exp_rmspe of the true function on the validation rows, and in theory. */
  readonly bestPossible: { readonly drawn: number; readonly theory: number } | null;
}

export interface Baseline {
  readonly loss: number;
  readonly task: "regression" | "classification";
}

export type LrFindOutcome = LrFindResult;

/** Names under which the page sends the trained model and the predictions, and finds the model to predict with. */
export const MODEL_UPLOAD = "uploads/model.safetensors";
export const PREDICTIONS_UPLOAD = "uploads/predictions.csv";
export const MODEL_FILE = "files/model.safetensors";
