import * as tf from "@tensorflow/tfjs-core";
import type { Rows } from "../rossmann/rows.ts";
import { CONTINUOUS } from "../rossmann/shape.ts";

/** What tfjsModel's inputs take. */
export function inputTensors({ count, continuous }: Rows, columns: readonly Int32Array[]): tf.Tensor[] {
  const codes = columns.map((column) => tf.tensor2d(column, [count, 1], "int32"));
  return [...codes, tf.tensor2d(continuous, [count, CONTINUOUS.length])];
}
