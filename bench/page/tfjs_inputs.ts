import * as tf from "@tensorflow/tfjs-core";
import type { Rows } from "../rossmann/rows.ts";
import { CATEGORICAL, CONTINUOUS } from "../rossmann/shape.ts";

/** The codes column by column, which is how a model of many inputs takes them. */
export function columnsOf({ count, codes }: Rows): Int32Array[] {
  return CATEGORICAL.map((_, column) =>
    Int32Array.from({ length: count }, (_, row) => codes[row * CATEGORICAL.length + column]),
  );
}

/** What tfjsModel's inputs take. */
export function inputTensors({ count, continuous }: Rows, columns: readonly Int32Array[]): tf.Tensor[] {
  const codes = columns.map((column) => tf.tensor2d(column, [count, 1], "int32"));
  return [...codes, tf.tensor2d(continuous, [count, CONTINUOUS.length])];
}
