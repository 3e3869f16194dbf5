import { DataError } from "../errors.ts";
import { CategoryWriter } from "./categorify.ts";
import type { Column } from "./column.ts";
import { continuousValues } from "./continuous.ts";
import { applyFillMissing } from "./fill_missing.ts";
import { applyNormalize } from "./normalize.ts";
import { filledColumns, inputColumns, NA_SUFFIX, type PreprocessingState } from "./preprocessing_state.ts";
import { suggestNames } from "./suggest.ts";
import type { Table } from "./table.ts";
import type { UnseenCategories } from "./unseen.ts";

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

/** Rows encoded at a time: their codes and numbers, all columns side by side, fit the processor's cache. */
const CHUNK_ROWS = 2048;

/**
 * The inputs of a table, as `encodeTable` encodes them, when the table has the columns and its dates are expanded.
 *
 * @param lenient fill a gap in a column that had none in training with its mean instead of throwing
 * @throws {DataError} as `encodeTable`
 */
export function encodeExpandedInputs(table: Table, state: PreprocessingState, lenient = false): EncodedTable {
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
    return applyFillMissing(name, present, fill, lenient, mean);
  });
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const to = Math.min(from + CHUNK_ROWS, rows);
    for (const writer of writers) writer.write(from, to);
    state.continuous.forEach((column, i) => {
      applyNormalize(values[i], column, continuous, numbers, i, from, to);
    });
  }
  const unseen = writers.slice(0, firstNa).flatMap((writer) => writer.finish() ?? []);
  return { rows, codes, continuous, targets: null, unseen };
}

/** FillMissing's `<name>_na` column. */
export function wasMissing(column: Column): Column {
  const numbers = continuousValues(column);
  const values = new Uint8Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) values[row] = Number.isNaN(numbers[row]) ? 1 : 0;
  return { kind: "boolean", name: column.name + NA_SUFFIX, values };
}

/** @throws {DataError} for an input or a target that the table lacks */
export function requireColumns(table: Table, state: PreprocessingState, targets: readonly string[]): void {
  const needed = [...inputColumns(state).map(({ name }) => name), ...targets];
  const missing = needed.filter((name) => !table.has(name));
  if (missing.length === 0) return;
  const others = missing.length > 1 ? ` (and ${missing.length - 1} more)` : "";
  throw new DataError(
    `The table lacks the column "${missing[0]}"${others}, which the model was trained on. ${suggestNames(missing[0], table.names)} Add it, with empty cells where it is unknown.`,
  );
}
