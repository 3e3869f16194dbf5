import { type PreprocessingState, readCsv, type Table } from "tabgpu";
import type { LoadProgress } from "./types.ts";

export interface ReadTable {
  readonly table: Table;
  /** What was left out, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads a file that a person chose: CSV, gzipped CSV or Parquet, told apart by their first bytes.
 *
 * @param like a fitted model's preprocessing: what was text in training stays text, though it looks like numbers
 * @throws {DataError} for what is no table, with line and remedy; the signal's reason once it aborts
 */
export async function readTableFile(
  file: File,
  signal: AbortSignal,
  onProgress: (progress: LoadProgress) => void,
  like?: PreprocessingState,
): Promise<ReadTable> {
  const magic = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  if (String.fromCharCode(...magic) === "PAR1") {
    const { readParquet } = await import("./parquet.ts"); // few visitors need it
    return readParquet(file, signal, onProgress);
  }
  return { table: await readCsv(file, { signal, onProgress, like }), notes: [] };
}
