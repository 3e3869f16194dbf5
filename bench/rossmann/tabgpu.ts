/** The rows and the model in TabGPU's own words. */
import { type ModelOptions, Table, type TabularDataOptions } from "../../src/index.ts";
import type { Rows } from "./rows.ts";
import { CATEGORICAL, CONTINUOUS, DROPOUT, LAYERS, Y_RANGE } from "./shape.ts";

export const DATA_OPTIONS = {
  categorical: CATEGORICAL.map(([name]) => name),
  continuous: [...CONTINUOUS],
  target: "Sales",
  valid: "none",
} satisfies TabularDataOptions;

export const MODEL_OPTIONS = {
  layers: [...LAYERS],
  ps: DROPOUT.layers,
  embDrop: DROPOUT.embeddings,
  yRange: Y_RANGE,
  layout: "A",
} satisfies ModelOptions;

/** The rows as a user's table: categories are numbers, counted from 1, which Categorify codes the same way. */
export function tableOf(rows: Rows): Table {
  const column = (name: string, values: ArrayLike<number>, width: number, i: number, integer: boolean) => ({
    kind: "number" as const,
    name,
    values: Float64Array.from({ length: rows.count }, (_, row) => values[row * width + i]),
    integer,
  });
  return Table.fromColumns([
    ...CATEGORICAL.map(([name], i) => column(name, rows.codes, CATEGORICAL.length, i, true)),
    ...CONTINUOUS.map((name, i) => column(name, rows.continuous, CONTINUOUS.length, i, false)),
    column("Sales", rows.targets, 1, 0, false),
  ]);
}
