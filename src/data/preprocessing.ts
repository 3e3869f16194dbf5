import { DataError } from "../errors.ts";
import { CategoryWriter } from "./categorify.ts";
import type { Column } from "./column.ts";
import { continuousValues } from "./continuous.ts";
import { addDatepart } from "./datepart.ts";
import { encodeTarget } from "./encode_target.ts";
import { applyFillMissing } from "./fill_missing.ts";
import { applyNormalize } from "./normalize.ts";
import { filledColumns, inputColumns, NA_SUFFIX, type PreprocessingState } from "./preprocessing_state.ts";
import { suggestNames } from "./suggest.ts";
import type { Table } from "./table.ts";
import type { UnseenCategories } from "./unseen.ts";

export { checkPreprocessing } from "./check_preprocessing.ts";
export * from "./preprocessing_state.ts";
export { type UnseenCategories, unseenNotes } from "./unseen.ts";

/** A table as the model takes it. */
export interface EncodedTable {
  readonly rows: number;
  /** [rows, categorical columns] row-major: category codes, 0 for missing and unseen ones. */
  readonly codes: Uint32Array;
  /** [rows, continuous columns] row-major: filled and normalised. */
  readonly continuous: Float32Array;
  /** [rows, targets] row-major (logarithm taken; class index for a classification), or null. */
  readonly targets: Float32Array | null;
  /** Columns with categories that training never saw, in the model's order; what `encodeTable` did not make may lack it. */
  readonly unseen?: readonly UnseenCategories[];
}

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
  requireColumns(table, state, options.targets === "required");
  return encodeExpanded(expandDates(table, state), state, options);
}

/** Rows encoded at a time: their codes and numbers, all columns side by side, fit the processor's cache. */
const CHUNK_ROWS = 2048;

/** {@link encodeTable} for a table whose dates are expanded already. */
export function encodeExpanded(
  table: Table,
  state: PreprocessingState,
  options: EncodeOptions,
): EncodedTable {
  const { rows } = table;
  const categories = state.categorical.length;
  const numbers = state.continuous.length;
  const codes = new Uint32Array(rows * categories);
  const continuous = new Float32Array(rows * numbers);
  const filled = filledColumns(state);
  const firstNa = categories - filled.length;

  const writers = state.categorical.map((vocab, i) => {
    const column = i < firstNa ? table.column(vocab.name) : wasMissing(table.column(filled[i - firstNa]));
    return new CategoryWriter(column, vocab, codes, categories, i);
  });
  const values = state.continuous.map(({ name, mean }) => {
    const fill = Object.hasOwn(state.fillMissing, name) ? state.fillMissing[name] : undefined;
    const present = continuousValues(table.column(name));
    return applyFillMissing(name, present, fill, options.lenient ?? false, mean);
  });
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const to = Math.min(from + CHUNK_ROWS, rows);
    for (const writer of writers) writer.write(from, to);
    state.continuous.forEach((column, i) => {
      applyNormalize(values[i], column, continuous, numbers, i, from, to);
    });
  }
  const unseen = writers.slice(0, firstNa).flatMap((writer) => writer.finish() ?? []);
  const targets =
    options.targets === "required" ? encodeTarget(table, state.target, options.unknownClass) : null;
  return { rows, codes, continuous, targets, unseen };
}

/** FillMissing's `<name>_na` column. */
export function wasMissing(column: Column): Column {
  const numbers = continuousValues(column);
  const values = new Uint8Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) values[row] = Number.isNaN(numbers[row]) ? 1 : 0;
  return { kind: "boolean", name: column.name + NA_SUFFIX, values };
}

/** The table with the state's date columns expanded into their parts. */
export function expandDates(table: Table, state: Pick<PreprocessingState, "dateParts">): Table {
  return state.dateParts.reduce(
    (expanded, { column, prefix, time }) => addDatepart(expanded, column, { prefix, time, drop: false }),
    table,
  );
}

function requireColumns(table: Table, state: PreprocessingState, withTargets: boolean): void {
  const needed = inputColumns(state).map(({ name }) => name);
  if (withTargets) needed.push(...state.target.names);
  const missing = needed.filter((name) => !table.has(name));
  if (missing.length === 0) return;
  const others = missing.length > 1 ? ` (and ${missing.length - 1} more)` : "";
  throw new DataError(
    `The table lacks the column "${missing[0]}"${others}, which the model was trained on. ${suggestNames(missing[0], table.names)} Add it, with empty cells where it is unknown.`,
  );
}
