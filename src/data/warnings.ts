import type { PreprocessingState } from "./preprocessing_state.ts";
import type { Table } from "./table.ts";

/** A vocabulary this large compared with the training rows has mostly categories seen once. */
const SPARSE_SHARE = 0.5;
const SPARSE_MINIMUM_ROWS = 50;

/** What looks odd about fitted data but is no error: one sentence each, with what to do. */
export function dataWarnings(
  table: Table,
  state: PreprocessingState,
  trainRows: Uint32Array,
  droppedRows: number,
): string[] {
  const warnings: string[] = [];
  for (const { name, std } of state.continuous) {
    if (std === 0) {
      warnings.push(
        `Column "${name}" has one value in all training rows: it teaches nothing, and any other value in new rows becomes huge. Leave it out.`,
      );
    }
  }
  for (const { name, type, levels } of state.categorical) {
    const rows = trainRows.length;
    if (rows >= SPARSE_MINIMUM_ROWS && levels.length > rows * SPARSE_SHARE) {
      warnings.push(
        `Column "${name}" has ${levels.length} categories in ${rows} training rows: most are seen once and teach little. Consider leaving it out.`,
      );
    }
    if (type === "date") {
      warnings.push(
        `Column "${name}" is a date used as a category: days that training never saw all look alike. Expand it with dates: ["${name}"].`,
      );
    }
  }
  const { target } = state;
  if (target.task === "multilabel") {
    for (const name of target.names) {
      const column = table.column(name);
      const values = column.kind === "text" ? column.codes : column.values;
      if (trainRows.every((row) => values[row] === values[trainRows[0]])) {
        warnings.push(`Target "${name}" is the same in all training rows, so this label cannot be learned.`);
      }
    }
  }
  if (droppedRows > 0) {
    const rows = droppedRows === 1 ? "row is left out: its" : "rows are left out: their";
    warnings.push(`${droppedRows} validation ${rows} class of "${target.names[0]}" is in no training row.`);
  }
  return warnings;
}
