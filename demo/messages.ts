/** What the page and its training worker say to each other. */
import type { EpochRow, Progress } from "tabgpu";

/** What the form holds, checked. */
export interface Settings {
  readonly layers: readonly number[];
  readonly bs: number;
  readonly epochs: number;
  readonly lr: number;
  readonly wd: number;
}

export type Request =
  /** Build the model now, so that it can be looked at and Train starts at once. */
  | { readonly kind: "prepare"; readonly settings: Settings }
  | { readonly kind: "train"; readonly settings: Settings }
  | { readonly kind: "stop" };

export type Reply =
  | { readonly kind: "data"; readonly data: DataSummary }
  | { readonly kind: "adapter"; readonly line: string; readonly software: boolean }
  | { readonly kind: "model"; readonly text: string }
  /** The first step of a fit of `steps` in all comes next. */
  | { readonly kind: "begin"; readonly epochs: number; readonly steps: number }
  | { readonly kind: "progress"; readonly progress: Progress }
  /** Smoothed losses of the steps from `first` on, counted from 0 within the fit. */
  | { readonly kind: "losses"; readonly first: number; readonly losses: readonly number[] }
  | { readonly kind: "epoch"; readonly row: EpochRow }
  | { readonly kind: "result"; readonly result: Result }
  /** Stopped before anything was learned. */
  | { readonly kind: "nothing" }
  | Failure;

export interface Failure {
  readonly kind: "failed";
  /** What could not be done. "device": there is no WebGPU, so nothing can. */
  readonly doing: "device" | "prepare" | "train";
  readonly message: string;
}

export interface DataSummary {
  readonly rows: number;
  readonly trainRows: number;
  readonly validRows: number;
  readonly categorical: number;
  readonly continuous: number;
  readonly target: string;
  /** Variance of the noise on ln sales: the mean squared error that is left to the formula itself. */
  readonly noiseVariance: number;
}

export interface Result {
  /** Ended by Stop, before its last epoch. */
  readonly stopped: boolean;
  readonly expRmspe: number;
  /** exp_rmspe of the formula that made the validation rows. */
  readonly bestPossible: number;
  readonly predictions: readonly Example[];
  /** The model file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A validation row, what the model predicts for it and what is true, in the sales' own unit. */
export interface Example {
  readonly row: Readonly<Record<string, unknown>>;
  readonly predicted: number;
  readonly truth: number;
}
