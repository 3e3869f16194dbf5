import type { CodeLayout } from "./packed_codes.ts";

/** Categorical columns that are looked up together, by one code for every combination of theirs. */
export interface JoinedColumn {
  /** Indices of the categorical columns; the code is their codes as digits, the last one counting fastest. */
  readonly columns: readonly number[];
  /** Codes of each of them. */
  readonly sizes: readonly number[];
  /** Combinations: the product of the sizes. */
  readonly cardinality: number;
}

/** Combinations that columns may have to be joined: a table of as many rows costs little to make and to keep. */
const MOST_COMBINATIONS = 128;

/**
 * Joins columns with few codes, so that a row needs fewer lookups: each goes, the largest first, into the fullest group
 * that still has room for it.
 * @param cardinalities of all categorical columns. @param columns which of them to join
 */
export function joinColumns(cardinalities: readonly number[], columns: readonly number[]): JoinedColumn[] {
  const groups: { columns: number[]; cardinality: number }[] = [];
  const bySize = [...columns].sort((a, b) => cardinalities[b] - cardinalities[a] || a - b);
  for (const column of bySize) {
    const size = cardinalities[column];
    const open = groups.filter(({ cardinality }) => cardinality * size <= MOST_COMBINATIONS);
    const fullest = open.sort((a, b) => b.cardinality - a.cardinality)[0];
    if (fullest) {
      fullest.columns.push(column);
      fullest.cardinality *= size;
    } else {
      groups.push({ columns: [column], cardinality: size });
    }
  }
  return groups.map((group) => ({ ...group, sizes: group.columns.map((column) => cardinalities[column]) }));
}

/** The codes that make up `code` of a joined column, one per column of it. */
export function splitCode({ sizes }: JoinedColumn, code: number): number[] {
  let rest = code;
  return sizes
    .toReversed()
    .map((size) => {
      const digit = rest % size;
      rest = Math.floor(rest / size);
      return digit;
    })
    .reverse();
}

/**
 * Packs rows `start` … `start + rows − 1` of codes [all rows, columns] into [rows, words], joined.
 * @param columns categorical columns of the table. @param layout of the joined columns
 */
export function packJoined(
  codes: Uint32Array,
  columns: number,
  joined: readonly JoinedColumn[],
  layout: CodeLayout,
  start: number,
  rows: number,
): Uint32Array<ArrayBuffer> {
  const { words, places } = layout;
  const packed = new Uint32Array(rows * words);
  joined.forEach((group, j) => {
    const { word, shift } = places[j];
    const [first, ...others] = group.columns;
    for (let row = 0; row < rows; row++) {
      const from = (start + row) * columns;
      let code = codes[from + first];
      for (let i = 0; i < others.length; i++) code = code * group.sizes[i + 1] + codes[from + others[i]];
      packed[row * words + word] |= code << shift;
    }
  });
  return packed;
}
