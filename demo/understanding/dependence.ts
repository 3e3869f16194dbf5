/** Partial dependence (Friedman 2001): the mean prediction of the same rows as one column takes one value after another. */
import { type Column, Table, type Vocab } from "tabgpu";

/** Points of a line, at quantiles: as many rows lie between any two of them. */
const GRID = 30;
/** Bars that one can compare. */
const BARS = 24;

export interface DependenceOptions {
  readonly signal: AbortSignal;
  readonly onDone?: (fraction: number) => void;
}

/**
 * @param grid the values that the column takes, as a column of that name
 * @param predict one number per row of a table
 * @returns per value of the grid the mean, the 10th and the 90th percentile of the rows' predictions
 */
export async function partialDependence(
  table: Table,
  grid: Column,
  predict: (table: Table) => Promise<ArrayLike<number>>,
  { signal, onDone }: DependenceOptions,
): Promise<{ mean: Float64Array; low: Float64Array; high: Float64Array }> {
  const values = Table.fromColumns([grid]);
  const [mean, low, high] = [0, 1, 2].map(() => new Float64Array(values.rows));
  for (let point = 0; point < values.rows; point++) {
    signal.throwIfAborted();
    const [column] = values.take(new Uint32Array(table.rows).fill(point)).columns;
    const predicted = Float64Array.from(await predict(table.withColumns([column], grid.name)));
    mean[point] = predicted.reduce((sum, value) => sum + value, 0) / predicted.length;
    predicted.sort();
    low[point] = quantile(predicted, 0.1);
    high[point] = quantile(predicted, 0.9);
    onDone?.((point + 1) / values.rows);
  }
  return { mean, low, high };
}

/** Between the two nearest of sorted values, as NumPy does. */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** Distinct values at the quantiles of those that are there, from the least to the greatest. */
export function quantileGrid(values: ArrayLike<number>, points = GRID): Float64Array {
  const sorted = Float64Array.from(Array.from(values).filter((value) => !Number.isNaN(value))).sort();
  if (sorted.length === 0) return sorted;
  const distinct = [...new Set(sorted)];
  if (distinct.length <= points) return Float64Array.from(distinct);
  // At values that occur, not between them: whole numbers stay whole.
  const at = Array.from(
    { length: points },
    (_, i) => sorted[Math.round((i / (points - 1)) * (sorted.length - 1))],
  );
  return Float64Array.from(new Set(at));
}

/** The categories to show: all in their order, or of many the most frequent. */
export function shownLevels(
  { levels }: Vocab,
  counts: ArrayLike<number> | null,
  most = BARS,
): { indices: number[]; leftOut: number } {
  const all = levels.map((_, i) => i);
  if (all.length <= most) return { indices: all, leftOut: 0 };
  const order = counts ? all.sort((a, b) => counts[b] - counts[a] || a - b) : all;
  return { indices: order.slice(0, most).sort((a, b) => a - b), leftOut: all.length - most };
}

/** Categories as a column of the kind they had in training. */
export function levelsColumn({ name, type, levels }: Vocab, indices: readonly number[]): Column {
  const chosen = indices.map((i) => levels[i]);
  switch (type) {
    case "text":
      return { kind: "text", name, dictionary: chosen.map(String), codes: Int32Array.from(chosen.keys()) };
    case "boolean":
      return { kind: "boolean", name, values: Uint8Array.from(chosen, Number) };
    case "date":
      return { kind: "date", name, values: Float64Array.from(chosen, (level) => Date.parse(String(level))) };
    case "number":
      return {
        kind: "number",
        name,
        values: Float64Array.from(chosen, Number),
        integer: chosen.every(Number.isInteger),
      };
  }
}
