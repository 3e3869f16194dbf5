import { type InputColumn, inputColumns, type PreprocessingState, type Table } from "tabgpu";
import type { JsonCell } from "./types.ts";

type CellValue = ReturnType<Table["toRecords"]>[number][string];

/** The model's input columns, and a row that has them: row `row` of its table, or one of usual values. */
export function exampleRow(
  state: PreprocessingState,
  from: { readonly table: Table; readonly row: number } | null,
): { inputs: InputColumn[]; example: Record<string, JsonCell> } {
  const inputs = inputColumns(state);
  const [found] = from ? from.table.take(Uint32Array.of(from.row)).toRecords() : [];
  const example = Object.fromEntries(
    inputs.map((input) => [input.name, found ? asJson(found[input.name]) : usual(state, input)]),
  );
  return { inputs, example };
}

/** A category's middle level, a number's fill value or mean. */
function usual(state: PreprocessingState, { name, type }: InputColumn): JsonCell {
  if (state.dateParts.some(({ column }) => column === name)) return "2024-01-01";
  const vocab = state.categorical.find((column) => column.name === name);
  if (vocab) return vocab.levels[Math.floor(vocab.levels.length / 2)] ?? null;
  const mean = state.continuous.find((column) => column.name === name)?.mean ?? 0;
  const number = state.fillMissing[name] ?? mean;
  return type === "continuous" ? Number(number.toPrecision(4)) : null;
}

function asJson(value: CellValue | undefined): JsonCell {
  if (value instanceof Date) return value.toISOString().replace("T00:00:00.000Z", "");
  return typeof value === "number" && !Number.isFinite(value) ? null : (value ?? null);
}
