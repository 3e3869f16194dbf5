/** A whole table through the model, a few thousand rows at a time: CSV with the predictions behind the columns. */
import { type Column, encodeTable, type Table, type TabularModel, toCsv } from "tabgpu";
import { breathe } from "../worker/stoppable.ts";
import { cellText } from "./evaluate.ts";
import { fieldValue } from "./form.ts";
import type { ScoredFile } from "./types.ts";

const CHUNK_ROWS = 8192;
const PREVIEW_ROWS = 8;

export interface ScoreTableOptions {
  readonly lenient: boolean;
  readonly signal: AbortSignal;
  readonly onDone?: (rows: number) => void;
}

/**
 * The table as CSV with the model's columns behind its own; one whose name the table has is called `<name>_prediction`.
 *
 * @throws {DataError} naming row and column, the row counted in the whole table
 */
export async function scoreTable(
  model: TabularModel,
  table: Table,
  { lenient, signal, onDone }: ScoreTableOptions,
): Promise<Omit<ScoredFile, "name">> {
  const parts: string[] = [];
  const unseen = new Map<string, { count: number; examples: Set<string> }>();
  let preview: ScoredFile["preview"] | null = null;
  for (let from = 0; from < table.rows; from += CHUNK_ROWS) {
    const rows = Uint32Array.from({ length: Math.min(CHUNK_ROWS, table.rows - from) }, (_, i) => from + i);
    const chunk = table.take(rows);
    const encoded = encodeTable(chunk, model.preprocessing, { targets: "none", lenient });
    for (const { column, count, examples } of encoded.unseen ?? []) {
      const known = unseen.get(column) ?? { count: 0, examples: new Set() };
      unseen.set(column, {
        count: known.count + count,
        examples: new Set([...known.examples, ...examples.map((value) => JSON.stringify(value))]),
      });
    }
    const predicted = await model.predictTable(chunk, { lenient, signal });
    const named = predicted.columns.map((column) =>
      table.has(column.name) ? { ...column, name: `${column.name}_prediction` } : column,
    );
    const scored = chunk.withColumns(named);
    const header = toCsv(scored.head(0)).length;
    const text = toCsv(scored);
    parts.push(from === 0 ? text : text.slice(header));
    preview ??= previewOf(chunk.head(PREVIEW_ROWS), named);
    onDone?.(Math.min(table.rows, from + CHUNK_ROWS));
    await breathe(signal);
  }
  return {
    rows: table.rows,
    csv: new Blob(parts, { type: "text/csv" }),
    notes: [...unseen].map(([column, { count, examples }]) => {
      const shown = [...examples].slice(0, 2);
      if (examples.size > shown.length) shown.push("…");
      const values = count === 1 ? "1 value" : `${count.toLocaleString("en")} values`;
      return `${column}: ${values} that training never saw (${shown.join(", ")}), read as missing.`;
    }),
    preview: preview ?? { columns: [], rows: [] },
  };
}

/** The predictions first, as they are what one looks for. */
function previewOf(table: Table, predicted: readonly Column[]): ScoredFile["preview"] {
  const columns = [...predicted, ...table.columns];
  return {
    columns: columns.map(({ name }) => name),
    rows: Array.from({ length: table.rows }, (_, row) =>
      columns.map((column) => cellText(fieldValue(column, row))),
    ),
  };
}
