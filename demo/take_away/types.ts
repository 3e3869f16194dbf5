import type { InputColumn, TrainingSummary } from "tabgpu";

/** A cell as JSON writes it; dates are text like 2015-07-31. */
export type JsonCell = string | number | boolean | null;

/** What there is to tell of the current model to someone who takes it away. */
export interface TakeAwayInfo {
  readonly inputs: readonly InputColumn[];
  /** A row with a value for every input column: one of the table's, or one made up of usual values. */
  readonly example: Readonly<Record<string, JsonCell>>;
  /** What the model says about it. */
  readonly prediction: unknown;
  readonly training: TrainingSummary | null;
}
