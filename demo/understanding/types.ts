import type { RowsKind } from "../predictions/types.ts";

/** What can be looked at in the current model. */
export interface Understandable {
  /** Columns with an embedding, in the model's order. */
  readonly embeddings: readonly {
    readonly column: string;
    readonly categories: number;
    readonly width: number;
  }[];
  /** Input columns, in the form's order. */
  readonly inputs: readonly string[];
  /** What the importance can be measured by, the loss first. */
  readonly measures: readonly string[];
  /** For classes and labels: whose probability is shown. Empty for one number. */
  readonly outputs: readonly string[];
  readonly target: string;
  readonly task: "regression" | "classification" | "multilabel";
  readonly rows: { readonly count: number; readonly kind: RowsKind } | string;
}

/** How much worse the model gets when a column is shuffled. */
export interface ColumnImportance {
  readonly column: string;
  /** The rise of the loss, or the fall of what should be high: mean of the repeats. */
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
}

export interface Importance {
  readonly measure: string;
  readonly better: "lower" | "higher";
  /** Of the rows as they are. */
  readonly baseline: number;
  /** The most important first. */
  readonly columns: readonly ColumnImportance[];
  readonly rows: number;
  readonly of: number;
  readonly kind: RowsKind;
  readonly repeats: number;
}

/** Categories as points in a plane. */
export interface EmbeddingMap {
  readonly column: string;
  readonly labels: readonly string[];
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Share of the variance along x and y. */
  readonly explained: readonly number[];
  readonly width: number;
  /** Rows with each category, where the rows are at hand: the more frequent ones are labelled first. */
  readonly counts: Float64Array | null;
  /** Categories that the column has in all. */
  readonly of: number;
}

/** What the model says on average as one column changes and all others stay. */
export interface Dependence {
  readonly column: string;
  readonly kind: "number" | "date" | "category";
  /** Numbers, or milliseconds for dates; positions for categories. */
  readonly x: Float64Array;
  readonly labels: readonly string[];
  /** Of the rows: the mean prediction, and the tenth and ninetieth of a hundred of them. */
  readonly mean: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly output: string;
  /** Rows that were averaged; 1 and no kind where only a typical row is known. */
  readonly rows: number;
  readonly kindOfRows: RowsKind | null;
  /** Categories left out because they are rare. */
  readonly leftOut: number;
}
