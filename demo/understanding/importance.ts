/** Permutation importance (Breiman 2001): how much worse a model gets when one column's values are shuffled. */
import { Table } from "tabgpu";
import { permutation, seeded } from "../worker/sampling.ts";
import type { ColumnImportance } from "./types.ts";

export interface ImportanceOptions {
  readonly repeats: number;
  readonly seed?: number;
  readonly signal: AbortSignal;
  readonly onDone?: (fraction: number) => void;
}

/**
 * @param score how good or bad the model is on a table
 * @param better whether less or more of it is better
 * @returns the score as it is, and per column how much it worsens, the most important first
 */
export async function permutationImportance(
  table: Table,
  columns: readonly string[],
  score: (table: Table) => Promise<number>,
  better: "lower" | "higher",
  { repeats, seed = 1, signal, onDone }: ImportanceOptions,
): Promise<{ baseline: number; columns: ColumnImportance[] }> {
  const random = seeded(seed);
  const orders = Array.from({ length: repeats }, () => permutation(table.rows, random));
  const baseline = await score(table);
  const sign = better === "lower" ? 1 : -1;
  const found: ColumnImportance[] = [];
  for (const name of columns) {
    const rises: number[] = [];
    for (const order of orders) {
      signal.throwIfAborted();
      rises.push(sign * ((await score(shuffled(table, name, order))) - baseline));
      onDone?.((found.length + rises.length / repeats) / columns.length);
    }
    found.push({
      column: name,
      mean: rises.reduce((sum, rise) => sum + rise, 0) / repeats,
      least: Math.min(...rises),
      greatest: Math.max(...rises),
    });
  }
  return { baseline, columns: found.sort((a, b) => b.mean - a.mean) };
}

/** The table with one column's values in another order. */
export function shuffled(table: Table, name: string, order: Uint32Array): Table {
  const [column] = Table.fromColumns([table.column(name)]).take(order).columns;
  return table.withColumns([column], name);
}
