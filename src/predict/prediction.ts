import type { VocabValue } from "../data/preprocessing.ts";
import type { Column } from "../data/table.ts";

/** Of a model with one number as target. */
export interface RegressionPrediction {
  /** In the target's own unit: the logarithm that training took is undone. */
  readonly prediction: number;
  /** The model's output, after y_range: the logarithm of `prediction` for a log target, else the same number. */
  readonly raw: number;
}

/** Of a model with several numbers as targets: as RegressionPrediction, each by the target's name. */
export interface MultiRegressionPrediction {
  readonly prediction: Readonly<Record<string, number>>;
  readonly raw: Readonly<Record<string, number>>;
}

/** Of a model that picks one of several classes. */
export interface ClassificationPrediction {
  /** The most probable class, of the type it had in the training table; the first one where several are. */
  readonly prediction: VocabValue;
  /** Softmax of the outputs: one number in [0, 1] per class, 1 in all. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** Of a model with several yes/no targets. */
export interface MultilabelPrediction {
  /** The names of the targets whose probability is above 0.5. */
  readonly prediction: readonly string[];
  /** Sigmoid of the outputs: one number in [0, 1] per target. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** What a model says about one row; which of the four follows from `preprocessing.target`. */
export type Prediction =
  | RegressionPrediction
  | MultiRegressionPrediction
  | ClassificationPrediction
  | MultilabelPrediction;

/** What a model says about a table, column by column. */
export interface PredictionColumns {
  readonly rows: number;
  /** The model's outputs [rows, outputs], row-major: after y_range, before exp, softmax or sigmoid. */
  readonly raw: Float32Array;
  /**
   * The predictions as columns of a table. Regression: a number column per target, under its name, the logarithm
   * undone. Classification: the class under the target's name, then `probability_<class>` per class. Multilabel:
   * a boolean column per target under its name, then `probability_<name>` per target.
   */
  readonly columns: readonly Column[];
}
