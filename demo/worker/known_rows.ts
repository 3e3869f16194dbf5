import { inputColumns, isMissing, type Table } from "tabgpu";
import type { CurrentModel, Workbench } from "./workbench.ts";

/** Rows whose true values are known, to hold the current model against. */
export interface KnownRows {
  readonly table: Table;
  /** Ascending. */
  readonly rows: Uint32Array;
  /** "validation": kept back from the training. "training": there are no others. "table": whoever knows. */
  readonly kind: "validation" | "training" | "table";
}

/** The model at hand. @throws {Error} where there is none */
export function currentModel(bench: Workbench): CurrentModel {
  if (!bench.current) throw new Error("There is no trained model yet. Train one, or open a model file.");
  return bench.current;
}

/** The rows to look at with the current model; or, in words, why there are none and what to do. */
export function knownRows(bench: Workbench): KnownRows | string {
  const { trainedOn, model } = currentModel(bench);
  if (trainedOn) return splitOf(trainedOn.table, trainedOn.data);
  const { preprocessing } = model;
  const { prepared } = bench;
  if (prepared && JSON.stringify(prepared.data.preprocessing) === JSON.stringify(preprocessing)) {
    return splitOf(prepared.table, prepared.data); // trained on this table at an earlier visit
  }
  if (!bench.table) {
    return "This model came from a file, which holds no rows. Bring a table with its columns to see how it does there.";
  }
  const { table, name } = bench.table;
  const needed = [...inputColumns(preprocessing).map((input) => input.name), ...preprocessing.target.names];
  const missing = needed.filter((column) => !table.has(column));
  if (missing.length > 0) {
    const shown = missing.slice(0, 3).map((column) => `“${column}”`);
    const more = missing.length > shown.length ? ` and ${missing.length - shown.length} more` : "";
    return `The table at hand (${name}) lacks ${shown.join(", ")}${more}, which this model needs. Bring the table it was trained on, or one like it.`;
  }
  return { table, rows: rowsWithTarget(table, preprocessing.target.names), kind: "table" };
}

function splitOf(table: Table, data: { validRows: Uint32Array; trainRows: Uint32Array }): KnownRows {
  if (data.validRows.length > 0) return { table, rows: data.validRows, kind: "validation" };
  return { table, rows: data.trainRows, kind: "training" };
}

function rowsWithTarget(table: Table, names: readonly string[]): Uint32Array {
  const columns = names.map((name) => table.column(name));
  const known: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (!columns.some((column) => isMissing(column, row))) known.push(row);
  }
  return Uint32Array.from(known);
}

/** The table that tells the ranges of the current model's columns: the one it was trained on, else the one at hand. */
export function tableOfRanges(bench: Workbench): Table | null {
  return bench.current?.trainedOn?.table ?? bench.table?.table ?? null;
}
