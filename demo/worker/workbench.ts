import type { Learner, StoreSalesSample, Table, TabularData, TabularModel } from "tabgpu";
import { Turns } from "./turns.ts";

/** The table at hand. */
export interface LoadedTable {
  readonly name: string;
  readonly table: Table;
  /** Where the table is the embedded, synthetic sample. */
  readonly sample: StoreSalesSample | null;
  /** Cells of its file that mean "unknown", besides the usual ones. */
  readonly missing?: readonly string[];
}

/** Rows that a model learns from. */
export interface LearnedRows {
  /** Its rows are those that `data` counts: the loaded table without rows that have no target and columns left out. */
  readonly table: Table;
  readonly data: TabularData;
  /** As in LoadedTable: what the model's own table was read with. */
  readonly missing?: readonly string[];
}

/** What a plan made of the table. */
export interface PreparedData extends LearnedRows {
  /** As in DataInfo: grows with every plan applied. */
  readonly version: number;
}

/** A model that answers: trained here, loaded from a file, or kept from the last visit. */
export interface CurrentModel {
  readonly model: TabularModel;
  /** Its file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it was trained on, where that is known: the panels that look at validation rows need it. */
  readonly trainedOn: LearnedRows | null;
}

/**
 * What lies on the worker's bench. Jobs of all panels work on it, so that a table is read once and a learner made once.
 * Whoever replaces something disposes of what was there.
 */
export class Workbench {
  table: LoadedTable | null = null;
  /** The table, made ready for training by the plan applied last. */
  prepared: PreparedData | null = null;
  get data(): TabularData | null {
    return this.prepared?.data ?? null;
  }
  /** The learner made last, and what it was made for; fresh until it has learned. */
  learner: { readonly learner: Learner; readonly key: string; fresh: boolean } | null = null;
  /** Of jobs that make, use or replace `learner`. */
  readonly turns = new Turns();
  current: CurrentModel | null = null;
}
