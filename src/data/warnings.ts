import { firstNotNumber, isMostlyNumbers } from "./continuous.ts";
import type { PreprocessingState } from "./preprocessing_state.ts";
import { rowName } from "./row_name.ts";
import type { Table } from "./table.ts";

/** A vocabulary this large compared with the training rows has mostly categories seen once. */
const SPARSE_SHARE = 0.5;
const SPARSE_MINIMUM_ROWS = 50;

/** Text that is all numbers but for this share is suspect: codes such as "1", "2", "2a" are text by intention. */
const SPOILED_SHARE = 0.1;

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
    const spoiled = type === "text" ? spoiledNumbers(table, "Column", name) : undefined;
    if (spoiled) warnings.push(spoiled);
    if (type === "date") {
      warnings.push(
        `Column "${name}" is a date used as a category: days that training never saw all look alike. Expand it with dates: ["${name}"].`,
      );
    }
  }
  const { target } = state;
  const spoiled =
    target.task === "classification" ? spoiledNumbers(table, "Target", target.names[0]) : undefined;
  if (spoiled) warnings.push(spoiled);
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

/** A single cell that is no number makes a column of numbers text, and so every number a category of its own. */
function spoiledNumbers(table: Table, what: string, name: string): string | undefined {
  const column = table.column(name);
  if (column.kind !== "text" || !isMostlyNumbers(column, SPOILED_SHARE)) return undefined;
  const row = firstNotNumber(column);
  if (row < 0) return undefined;
  const text = column.dictionary[column.codes[row]];
  return `${what} "${name}" is text because of cells like "${text}" in ${rowName(row)}, though most of its values are numbers: each is a category of its own. Correct such cells, or leave them empty.`;
}
