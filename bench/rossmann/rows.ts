import { CATEGORICAL, CONTINUOUS } from "./shape.ts";

/** Rows as every contender gets them: encoded. */
export interface Rows {
  readonly count: number;
  /** [count, categorical columns] row-major; 0, "#na#", does not occur. */
  readonly codes: Uint32Array<ArrayBuffer>;
  /** [count, continuous columns] row-major: every column of mean 0 and deviation 1. */
  readonly continuous: Float32Array<ArrayBuffer>;
  /** ln(sales). */
  readonly targets: Float32Array<ArrayBuffer>;
}

const CATEGORIES = CATEGORICAL.length;
const NUMBERS = CONTINUOUS.length;

/** Rows from the bytes of `rowsFile`. */
export function rowsFromBytes(bytes: ArrayBuffer): Rows {
  const count = bytes.byteLength / 4 / (CATEGORIES + NUMBERS + 1);
  return {
    count,
    codes: new Uint32Array(bytes, 0, count * CATEGORIES),
    continuous: new Float32Array(bytes, count * CATEGORIES * 4, count * NUMBERS),
    targets: new Float32Array(bytes, count * (CATEGORIES + NUMBERS) * 4, count),
  };
}

export async function fetchRows(url: URL): Promise<Rows> {
  return rowsFromBytes(await (await fetch(url)).arrayBuffer());
}

/** The rows at `indices`, copied. */
export function takeRows(rows: Rows, indices: ArrayLike<number>): Rows {
  const count = indices.length;
  const codes = new Uint32Array(count * CATEGORIES);
  const continuous = new Float32Array(count * NUMBERS);
  const targets = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const row = indices[i];
    codes.set(rows.codes.subarray(row * CATEGORIES, (row + 1) * CATEGORIES), i * CATEGORIES);
    continuous.set(rows.continuous.subarray(row * NUMBERS, (row + 1) * NUMBERS), i * NUMBERS);
    targets[i] = rows.targets[row];
  }
  return { count, codes, continuous, targets };
}

/** The first `count` rows, sharing memory. */
export function firstRows(rows: Rows, count: number): Rows {
  return {
    count,
    codes: rows.codes.subarray(0, count * CATEGORIES),
    continuous: rows.continuous.subarray(0, count * NUMBERS),
    targets: rows.targets.subarray(0, count),
  };
}

/** The codes column by column, which is how most libraries gather by them. */
export function columnsOf({ count, codes }: Rows): Int32Array<ArrayBuffer>[] {
  return CATEGORICAL.map((_, column) =>
    Int32Array.from({ length: count }, (_, row) => codes[row * CATEGORIES + column]),
  );
}
