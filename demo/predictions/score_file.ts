/** A whole table through the model, a few thousand rows at a time: CSV with the predictions behind the columns. */
import {
  type Column,
  DataError,
  encodeTable,
  isMissing,
  type PreprocessingState,
  type Table,
  type TabularModel,
  toCsv,
} from "tabgpu";
import { counted } from "../ui/format.ts";
import { breathe } from "../worker/stoppable.ts";
import { cellText, shownColumn } from "./evaluate.ts";
import { fieldValue } from "./form.ts";
import { countedFromOne } from "./score_problem.ts";
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
  const gaps = new Map<string, number>();
  let preview: ScoredFile["preview"] | null = null;
  for (let from = 0; from < table.rows; from += CHUNK_ROWS) {
    const rows = Uint32Array.from({ length: Math.min(CHUNK_ROWS, table.rows - from) }, (_, i) => from + i);
    const chunk = table.take(rows);
    const encoded = countingFromOne(from, () =>
      encodeTable(chunk, model.preprocessing, { targets: "none", lenient }),
    );
    if (lenient) countGaps(chunk, model.preprocessing, gaps);
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
    notes: [
      ...filledNotes(gaps),
      ...[...unseen].map(([column, { count, examples }]) => {
        const shown = [...examples].slice(0, 2);
        if (examples.size > shown.length) shown.push("…");
        return `${column}: ${counted(count, "value")} that training never saw (${shown.join(", ")}), read as missing.`;
      }),
    ],
    preview: preview ?? { columns: [], rows: [] },
  };
}

/** Errors of rows that begin with row `from` name rows of the whole table, counted from 1. */
function countingFromOne<T>(from: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(countedFromOne(error.message, from), { cause: error });
  }
}

/** Counts the missing numbers of columns that had none in training. */
function countGaps(table: Table, { continuous, fillMissing }: PreprocessingState, gaps: Map<string, number>) {
  for (const { name } of continuous) {
    if (Object.hasOwn(fillMissing, name) || !table.has(name)) continue;
    const column = table.column(name);
    let count = 0;
    for (let row = 0; row < table.rows; row++) if (isMissing(column, row)) count++;
    if (count > 0) gaps.set(name, (gaps.get(name) ?? 0) + count);
  }
}

function filledNotes(gaps: ReadonlyMap<string, number>): string[] {
  return [...gaps].map(([column, count]) => {
    return `${column}: ${counted(count, "missing cell")} filled with the column’s mean in training.`;
  });
}

/** The predictions first, as they are what one looks for. */
function previewOf(table: Table, predicted: readonly Column[]): ScoredFile["preview"] {
  const columns = [...predicted, ...table.columns];
  return {
    columns: columns.map(shownColumn),
    rows: Array.from({ length: table.rows }, (_, row) =>
      columns.map((column) => cellText(fieldValue(column, row))),
    ),
  };
}
