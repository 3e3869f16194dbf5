import type { ColumnKind } from "./column.ts";
import { datePartNames } from "./datepart_names.ts";

/** One category: a string, a number or a truth value. Dates are ISO strings. */
export type VocabValue = string | number | boolean;

/** What code 0 stands for: a missing category, or one that training never saw. */
export const MISSING_LEVEL = "#na#";

/** The categories of one column. A category's code is its index in `levels` plus 1; 0 is {@link MISSING_LEVEL}. */
export interface Vocab {
  readonly name: string;
  /** Kind of the column it was fitted on; a value of another kind never matches ("3" is not 3, 1 is not true). */
  readonly type: ColumnKind;
  /** Distinct, ascending (strings by code point, false before true), without "#na#". */
  readonly levels: readonly VocabValue[];
}

/** z = (x − mean) / (std + 1e-7). `std` is the raw one: sample (v1) or population (v2). */
export interface ContinuousState {
  readonly name: string;
  readonly mean: number;
  readonly std: number;
}

export type TargetState =
  | { readonly task: "regression"; readonly names: readonly string[]; readonly log: boolean }
  | {
      readonly task: "classification";
      readonly names: readonly [string];
      readonly classes: readonly VocabValue[];
    }
  | { readonly task: "multilabel"; readonly names: readonly string[] };

export type Task = TargetState["task"];
export type FillStrategy = "median" | "mode" | "constant";

/** A date column to be expanded by add_datepart before anything else. */
export interface DatePartState {
  readonly column: string;
  readonly prefix: string;
  readonly time: boolean;
}

/**
 * Everything learned from the training rows that is needed to encode another table, as plain JSON data: what
 * fastai keeps in FillMissing, Categorify and Normalize.
 */
export interface PreprocessingState {
  readonly version: 1;
  readonly recipe: "v1" | "v2";
  /** In the model's column order: the user's columns first, then FillMissing's `_na` columns. */
  readonly categorical: readonly Vocab[];
  readonly continuous: readonly ContinuousState[];
  /** Fill value per continuous column that had gaps in the training rows (fastai's na_dict). */
  readonly fillMissing: Readonly<Record<string, number>>;
  readonly fillStrategy: FillStrategy;
  /** Whether each filled column got a boolean category `<name>_na`. */
  readonly addNaColumns: boolean;
  readonly dateParts: readonly DatePartState[];
  readonly target: TargetState;
}

/** FillMissing's suffix of the columns that say "was missing". */
export const NA_SUFFIX = "_na";

/** The continuous columns that have a `_na` category, in the order of those categories. */
export function filledColumns(state: PreprocessingState): string[] {
  if (!state.addNaColumns) return [];
  return state.continuous.map(({ name }) => name).filter((name) => Object.hasOwn(state.fillMissing, name));
}

/** Values a target takes per row in `EncodedTable.targets`: one per target column, one for a class. */
export function targetWidth(target: TargetState): number {
  return target.names.length;
}

/** Outputs of a model for this target: one per float or label, one per class. */
export function targetOutputs(target: TargetState): number {
  return target.task === "classification" ? target.classes.length : target.names.length;
}

/** A column that a table must have to be encoded, and the kind of values it held in training. */
export interface InputColumn {
  readonly name: string;
  /** "continuous" takes numbers and booleans. */
  readonly type: ColumnKind | "continuous";
}

/**
 * The columns a table must bring along, in the model's order: dates to be expanded instead of their parts, and
 * none of the `_na` columns.
 */
export function inputColumns(state: PreprocessingState): InputColumn[] {
  const made = new Set<string>(filledColumns(state).map((name) => name + NA_SUFFIX));
  for (const { prefix, time } of state.dateParts) {
    for (const part of datePartNames(prefix, time)) made.add(part);
  }
  const inputs: InputColumn[] = [
    ...state.dateParts.map(({ column }) => ({ name: column, type: "date" as const })),
    ...state.categorical.map(({ name, type }) => ({ name, type })),
    ...state.continuous.map(({ name }) => ({ name, type: "continuous" as const })),
  ];
  const seen = new Set<string>();
  return inputs.filter(({ name }) => !made.has(name) && !seen.has(name) && seen.add(name));
}
