import { decodeCategory } from "./categorify.ts";
import { decodeNormalized } from "./normalize.ts";
import type { EncodedTable, PreprocessingState, TargetState, VocabValue } from "./preprocessing.ts";

/**
 * Encoded rows back as values, for display: categories ("#na#" for code 0), numbers in their own units (gaps come
 * back filled, with `<name>_na` true), targets with the logarithm undone. Numbers carry float32 rounding.
 *
 * @param rows which rows, counted from 0; default all
 */
export function decodeRows(
  encoded: EncodedTable,
  state: PreprocessingState,
  rows: ArrayLike<number> = { length: encoded.rows },
): Record<string, VocabValue>[] {
  return Array.from({ length: rows.length }, (_, i) => {
    const row = rows[i] ?? i;
    const record: Record<string, VocabValue> = {};
    state.categorical.forEach((vocab, column) => {
      record[vocab.name] = decodeCategory(encoded.codes[row * state.categorical.length + column], vocab);
    });
    state.continuous.forEach((column, at) => {
      record[column.name] = decodeNormalized(encoded.continuous[row * state.continuous.length + at], column);
    });
    const { target } = state;
    target.names.forEach((name, at) => {
      if (encoded.targets)
        record[name] = decodeTarget(encoded.targets[row * target.names.length + at], target);
    });
    return record;
  });
}

/** One encoded target as a value: the exponential of a log target, the class of an index, true or false of a label. */
export function decodeTarget(value: number, target: TargetState): VocabValue {
  if (target.task === "classification") return target.classes[value];
  if (target.task === "multilabel") return value === 1;
  return target.log ? Math.exp(value) : value;
}
