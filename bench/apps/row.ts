import { CATEGORICAL, CONTINUOUS } from "../rossmann/shape.ts";

/** One row: the first level of each category, the mean of each continuous column. */
export const ROW: Readonly<Record<string, number>> = Object.fromEntries([
  ...CATEGORICAL.map(([name]) => [name, 1]),
  ...CONTINUOUS.map((name) => [name, 0]),
]);

/** The same, encoded. */
export const CODES = new Int32Array(CATEGORICAL.length).fill(1);
export const NUMBERS = new Float32Array(CONTINUOUS.length);
