/** Which BatchNorms the second model goes without. */
export type Switch = "blocks" | "continuous" | "both";

/** The two models: with all BatchNorms, and without those that are switched off. */
export type Side = "with" | "without";

export interface InsideSettings {
  readonly change: Switch;
  readonly layers: readonly number[];
  readonly lr: number;
  readonly steps: number;
}

/** Deep enough for a drift to show, and a rate at which it matters. */
export const DEFAULT_INSIDE_SETTINGS: InsideSettings = {
  change: "blocks",
  layers: [64, 64, 64, 64, 64, 64],
  lr: 0.1,
  steps: 200,
};

/** Histograms of activations, from low to high in equal bins; what lies beyond is counted apart. */
export const BINS = 40;
export const RANGE = [-5, 5] as const;

/** A layer's activations at one moment. */
export interface LayerLook {
  readonly kind: "continuous" | "relu" | "batch_norm" | "linear";
  /** 0 for the continuous columns, then 1, 2, … by hidden layer; the output comes last. */
  readonly depth: number;
  readonly mean: number;
  readonly std: number;
  /** How much a unit differs from row to row: the root mean square of the units' standard deviations. */
  readonly spread: number;
  /** Share of values at most 0.05 away from 0. */
  readonly nearZero: number;
  readonly counts: Uint32Array;
  readonly below: number;
  readonly above: number;
}

/** All layers of a model after `step` steps, and the mean loss of the steps since the look before (null at first). */
export interface Look {
  readonly step: number;
  readonly loss: number | null;
  readonly layers: readonly LayerLook[];
}

/** A continuous column, already normalised by the whole table, and what a BatchNorm makes of it. */
export interface ColumnFacts {
  readonly name: string;
  /** Lowest and highest mean and standard deviation of batches drawn from the training rows. */
  readonly batchMeans: readonly [number, number];
  readonly batchStds: readonly [number, number];
  /** Mean and standard deviation after the BatchNorm at the end: the shift and the scale that it learned. */
  readonly shift: number;
  readonly scale: number;
}

export interface SideResult {
  /** Mean loss of the last `averaged` steps; null where there were none. */
  readonly trainLoss: number | null;
  /** A tenth of the steps and at least five, or all where they are fewer. */
  readonly averaged: number;
  /** By the running statistics of the BatchNorms, as the model would predict. */
  readonly validLoss: number | null;
  /** The step whose loss was no longer a number. */
  readonly divergedAt: number | null;
}

export interface InsideResult {
  readonly stopped: boolean;
  readonly sides: Readonly<Record<Side, SideResult>>;
  readonly columns: readonly ColumnFacts[];
}

export type InsideEvent =
  | { readonly kind: "compile"; readonly fraction: number }
  | { readonly kind: "begin"; readonly batch: number }
  | { readonly kind: "look"; readonly side: Side; readonly look: Look };

/** How far two trainings have come, of how many steps. */
export interface Comparing {
  readonly step: number;
  readonly steps: number;
}

/** Two trainings as far as they have come. */
export interface Comparison {
  readonly settings: InsideSettings;
  /** Version of the data that they learn from. */
  readonly dataVersion: number;
  /** Rows that the columns were normalised by. */
  readonly trainRows: number;
  /** Rows of a batch. */
  readonly batch: number;
  readonly looks: Readonly<Record<Side, readonly Look[]>>;
  readonly result: InsideResult | null;
}
