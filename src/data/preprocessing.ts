import { expandDates } from "./datepart.ts";
import { type EncodedTable, encodeExpandedInputs, requireColumns } from "./encode_inputs.ts";
import { encodeTarget } from "./encode_target.ts";
import type { PreprocessingState } from "./preprocessing_state.ts";
import type { Table } from "./table.ts";

export { expandDates } from "./datepart.ts";
export { type EncodedTable, wasMissing } from "./encode_inputs.ts";
export * from "./preprocessing_state.ts";
export { type UnseenCategories, unseenNotes } from "./unseen.ts";

export interface EncodeOptions {
  /** "required": the table must hold the targets. "none": they are not looked at. */
  targets: "required" | "none";
  /** Fill a gap in a column that had none in training with its mean instead of throwing; default false. */
  lenient?: boolean;
  /** What a class that training never saw does: throw (default), or leave NaN as that row's target. */
  unknownClass?: "throw" | "nan";
}

/**
 * Applies a fitted state to a table: dates expanded, gaps filled, categories looked up, numbers normalised. Only
 * `state` decides; nothing is learned from this table. Columns the state does not know are ignored.
 *
 * @throws {DataError} for a missing column, a kind of value training did not see, an infinite value, a gap in a
 * column that had none in training, or (with targets) a target the task cannot use
 */
export function encodeTable(table: Table, state: PreprocessingState, options: EncodeOptions): EncodedTable {
  requireColumns(table, state, options.targets === "required" ? state.target.names : []);
  return encodeExpanded(expandDates(table, state), state, options);
}

/** {@link encodeTable} for a table whose dates are expanded already. */
export function encodeExpanded(
  table: Table,
  state: PreprocessingState,
  options: EncodeOptions,
): EncodedTable {
  const inputs = encodeExpandedInputs(table, state, options.lenient);
  if (options.targets === "none") return inputs;
  return { ...inputs, targets: encodeTarget(table, state.target, options.unknownClass) };
}
