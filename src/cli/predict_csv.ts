import type { ColumnKind } from "../data/column.ts";
import { type InputColumn, inputColumns, type PreprocessingState } from "../data/preprocessing_state.ts";
import { readCsv, toCsv } from "../io/csv.ts";
import type { CsvSource } from "../io/csv_source.ts";
import type { TabularModel } from "../predict/tabular_model.ts";
import { csvOptions, type ReadSpec } from "./read_spec.ts";

/**
 * Predicts a CSV file's rows. Runs in the page and in Node.
 *
 * @param header the file's column names
 * @param keep columns of the file to repeat before the predictions; next to a kept target the prediction is named
 *   `<target>_prediction`
 * @returns CSV, a line per row; `unseen` says per column which categories the model does not know
 */
export async function predictCsv(
  model: TabularModel,
  source: CsvSource,
  options: ReadSpec & {
    header: readonly string[];
    keep: readonly string[];
    signal?: AbortSignal;
    onProgress?: (progress: { bytes: number; totalBytes: number | null; rows: number }) => void;
  },
): Promise<{ rows: number; csv: string; unseen: string[] }> {
  const { header, keep, lenient, signal, onProgress } = options;
  const types = { ...inputKinds(model.preprocessing, header), ...options.types };
  const table = await readCsv(source, { ...csvOptions(options), types, signal, onProgress });
  let unseen: string[] = [];
  const onUnseen = (notes: string[]) => {
    unseen = notes;
  };
  const { columns, rows } = await model.predictTable(table, { signal, lenient, onUnseen });
  const predictions = columns.map((column) =>
    keep.includes(column.name) ? { ...column, name: `${column.name}_prediction` } : column,
  );
  return { rows, unseen, csv: toCsv([...keep.map((name) => table.column(name)), ...predictions]) };
}

/**
 * The kinds that the columns had in training. Without them a file in which a text column happens to hold only
 * numbers would read as numbers, and no category would match.
 */
function inputKinds(state: PreprocessingState, header: readonly string[]): Record<string, ColumnKind> {
  const kinds = inputColumns(state)
    .filter(({ name }) => header.includes(name))
    .map(({ name, type }): [string, ColumnKind] | null => {
      const kind = kindOf(type);
      return kind && [name, kind];
    });
  return Object.fromEntries(kinds.filter((entry) => entry !== null));
}

/** Numbers are left to inference, which also takes true/false where a number was trained on. */
function kindOf(type: InputColumn["type"]): ColumnKind | null {
  return type === "continuous" || type === "number" ? null : type;
}
