import type { VocabValue } from "tabgpu";

/** One cell of a row that is predicted; dates as 2015-07-31, null where it is unknown. */
export type FieldValue = VocabValue | null;
export type FieldValues = Readonly<Record<string, FieldValue>>;

export interface CategoryField {
  readonly kind: "category";
  readonly name: string;
  /** What kind of value it holds: what is typed is read as that. */
  readonly type: "number" | "boolean" | "text" | "date";
  /** The known categories. */
  readonly options: readonly VocabValue[];
}

export interface NumberField {
  readonly kind: "number";
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Whether `min` and `max` are those of the rows, or guessed from mean and standard deviation. */
  readonly seen: boolean;
  /** What the model takes for a missing value. */
  readonly fill: number;
}

export interface DateField {
  readonly kind: "date";
  readonly name: string;
  readonly min: string | null;
  readonly max: string | null;
  readonly time: boolean;
}

export type FormField = CategoryField | NumberField | DateField;

/** Where the rows come from that the model is held against. */
export type RowsKind = "validation" | "training" | "table";

/** The form for the current model. */
export interface PredictionForm {
  readonly fields: readonly FormField[];
  readonly typical: FieldValues;
  readonly targets: readonly string[];
  readonly task: "regression" | "classification" | "multilabel";
  readonly logTarget: boolean;
  /** The rows at hand, or in words why there are none. */
  readonly rows: { readonly count: number; readonly kind: RowsKind } | string;
}

/** What the model says about one row. */
export type RowPrediction =
  | {
      readonly task: "regression";
      readonly values: readonly { readonly name: string; readonly value: number }[];
      /** Categories that training never saw, in words. */
      readonly notes: readonly string[];
    }
  | {
      readonly task: "classification" | "multilabel";
      /** The most probable class, or the labels above one half. */
      readonly label: string;
      readonly classes: readonly { readonly label: string; readonly probability: number }[];
      readonly notes: readonly string[];
    };

/** A row of the table to start from. */
export interface StartRow {
  /** Its number in the table, from 0. */
  readonly row: number;
  readonly values: FieldValues;
  /** What is true, by target. */
  readonly truth: FieldValues;
}

export interface MetricValue {
  readonly name: string;
  readonly value: number;
  readonly better: "lower" | "higher";
}

export interface Scatter {
  readonly target: string;
  readonly log: boolean;
  /** The points, in the target's unit. */
  readonly truth: Float64Array;
  readonly predicted: Float64Array;
  /** Rows that the points were drawn from. */
  readonly of: number;
}

export interface Confusion {
  readonly classes: readonly string[];
  /** counts[true class][predicted class]. */
  readonly counts: readonly (readonly number[])[];
  /** Classes that are left out because they are rare, and the rows of them. */
  readonly leftOut: { readonly classes: number; readonly rows: number };
}

/** A column of a table on the page: texts stand to the left, numbers to the right. */
export interface ShownColumn {
  readonly name: string;
  readonly text: boolean;
}

export interface WorstRow {
  readonly row: number;
  readonly truth: string;
  readonly predicted: string;
  readonly off: string;
  /** The input columns, in the form's order. */
  readonly cells: readonly string[];
}

/** How the current model does on rows whose truth is known. */
export interface Evaluation {
  readonly kind: RowsKind;
  readonly rows: number;
  readonly of: number;
  readonly metrics: readonly MetricValue[];
  /** Whether the model keeps its outputs in a range. */
  readonly ranged: boolean;
  /** One per number to predict. */
  readonly scatters: readonly Scatter[];
  /** One for classes, one per label. */
  readonly confusions: readonly { readonly title: string; readonly confusion: Confusion }[];
  readonly worst: {
    readonly columns: readonly ShownColumn[];
    /** What `off` says. */
    readonly offBy: string;
    readonly rows: readonly WorstRow[];
  };
}

export interface ScoreOptions {
  /** Fill gaps that training did not have with the column's mean. */
  readonly lenient: boolean;
}

export interface ScoreProgress {
  readonly note: string;
  /** 0 … 1, or null where it is unknown. */
  readonly fraction: number | null;
}

/** A file with the predictions behind its columns. */
export interface ScoredFile {
  readonly name: string;
  readonly rows: number;
  readonly csv: Blob;
  /** Gaps that were filled and categories that training never saw, a sentence for each column. */
  readonly notes: readonly string[];
  readonly preview: {
    readonly columns: readonly ShownColumn[];
    readonly rows: readonly (readonly string[])[];
  };
}
