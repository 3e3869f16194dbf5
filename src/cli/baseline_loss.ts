import type { TabularData } from "../data/tabular_data.ts";
import type { Baseline } from "./page_api.ts";

/**
 * The valid_loss of knowing no column: of predicting the training mean (MSE), or the classes' shares among the
 * training rows (cross-entropy). A model that is not below it has learned nothing that holds for new rows.
 *
 * @returns null without validation rows and for a multilabel task
 */
export function baselineLoss(
  data: Pick<TabularData, "preprocessing" | "encoded" | "trainRows" | "validRows">,
): Baseline | null {
  const { target } = data.preprocessing;
  if (data.validRows.length === 0 || target.task === "multilabel") return null;
  const targets = data.encoded.targets!;
  if (target.task === "classification") {
    const counts = new Float64Array(target.classes.length);
    for (const row of data.trainRows) counts[targets[row]]++;
    const loss = (row: number) => -Math.log(counts[targets[row]] / data.trainRows.length);
    return { loss: meanOver(data.validRows, loss), task: target.task };
  }
  const width = target.names.length;
  const squares = target.names.map((_, column) => {
    const value = (row: number) => targets[row * width + column];
    const mean = meanOver(data.trainRows, value);
    return meanOver(data.validRows, (row) => (value(row) - mean) ** 2);
  });
  return { loss: squares.reduce((sum, square) => sum + square, 0) / width, task: target.task };
}

function meanOver(rows: Uint32Array, of: (row: number) => number): number {
  let sum = 0;
  for (const row of rows) sum += of(row);
  return sum / rows.length;
}
