/** Parquet files as tables, one column of one row group at a time, so that little more than the result is in memory. */
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
} from "hyparquet";
import { type Column, DataError, Table } from "tabgpu";
import {
  type CellReader,
  cellReaderFor,
  PARSERS,
  readLongsAsNumbers,
  TextCells,
  unreadableReason,
} from "./parquet_cells.ts";
import type { ReadTable } from "./read_file.ts";
import type { LoadProgress } from "./types.ts";

/** Codecs that hyparquet unpacks by itself. */
const BUILT_IN = new Set<string>(["UNCOMPRESSED", "SNAPPY"]);

/**
 * @throws {DataError} for a damaged file and for one without a column that a table can hold; the signal's reason
 */
export async function readParquet(
  file: File,
  signal: AbortSignal,
  onProgress: (progress: LoadProgress) => void,
): Promise<ReadTable> {
  const buffer: AsyncBuffer = {
    byteLength: file.size,
    slice: (start, end) => file.slice(start, end).arrayBuffer(),
  };
  const metadata = await orDamaged(file, () => parquetMetadataAsync(buffer, { geoparquet: false }));
  const rows = Number(metadata.num_rows);
  if (rows === 0) throw new DataError(`${file.name} has columns but no rows.`);
  const compressors = await compressorsFor(metadata);

  const notes: string[] = [];
  const columns: Column[] = [];
  const { children } = parquetSchema(metadata);
  for (const [index, { element, children: nested }] of children.entries()) {
    const { name } = element;
    const reason = unreadableReason(element, nested.length > 0);
    if (reason) {
      notes.push(`“${name}” is left out: ${reason}`);
      continue;
    }
    const read = (cells: CellReader) =>
      orDamaged(file, () => readColumn(buffer, metadata, name, cells, compressors, signal));
    let cells = cellReaderFor(element, rows);
    readLongsAsNumbers(element);
    await read(cells);
    if (!cells.exact) {
      // Whole numbers beyond 2⁵³ keep their digits as text: they name things, as in a CSV.
      cells = new TextCells(rows);
      await read(cells);
    }
    columns.push(cells.finish(name));
    const done = (index + 1) / children.length;
    onProgress({ bytes: Math.round(done * file.size), totalBytes: file.size, rows: Math.round(done * rows) });
  }
  if (columns.length === 0) {
    throw new DataError(`${file.name} has no column that a table can hold. ${notes.join(" ")}`);
  }
  return { table: Table.fromColumns(columns), notes };
}

async function readColumn(
  file: AsyncBuffer,
  metadata: FileMetaData,
  name: string,
  cells: CellReader,
  compressors: Compressors | undefined,
  signal: AbortSignal,
): Promise<void> {
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    signal.throwIfAborted();
    const rowEnd = rowStart + Number(group.num_rows);
    await parquetRead({
      file,
      metadata,
      columns: [name],
      rowStart,
      rowEnd,
      compressors,
      parsers: PARSERS,
      onChunk: ({ columnData, rowStart: at }) => cells.take(columnData, at),
    });
    rowStart = rowEnd;
  }
}

/** What unpacks rarer codecs is loaded when a file needs it. */
async function compressorsFor({ row_groups }: FileMetaData): Promise<Compressors | undefined> {
  const codecs = row_groups.flatMap(({ columns }) => columns.map(({ meta_data }) => meta_data?.codec ?? ""));
  if (codecs.every((codec) => codec === "" || BUILT_IN.has(codec))) return undefined;
  const { compressors } = await import("hyparquet-compressors");
  return compressors;
}

/** hyparquet's errors say what it met, not what to do. */
async function orDamaged<T>(file: File, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DOMException || cause instanceof DataError) throw cause;
    const found = cause instanceof Error ? cause.message.replace(/\.$/, "") : String(cause);
    throw new DataError(
      `${file.name} could not be read as Parquet (${found}). The file may be cut off or damaged: write it again, or bring it as CSV.`,
      { cause },
    );
  }
}
