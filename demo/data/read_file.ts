import {
  DataError,
  MISSING_MARKS,
  type PreprocessingState,
  type ReadCsvOptions,
  readCsv,
  type Table,
} from "tabgpu";
import type { LoadProgress } from "./types.ts";

export interface ReadTable {
  readonly table: Table;
  /** What was left out, one sentence each. */
  readonly notes: readonly string[];
  /** Whether it is text, so that it can be read again with other marks for a missing cell. */
  readonly csv?: boolean;
}

export interface ReadFileOptions {
  /** A fitted model's preprocessing: what was text in training stays text, though it looks like numbers. */
  readonly like?: PreprocessingState;
  /** Cells of a CSV that mean "unknown", besides the usual ones. */
  readonly missing?: readonly string[];
}

/** Bytes at the beginning that tell text from other data. */
const LOOKED_AT = 1 << 16;

/**
 * Reads a file that a person chose: CSV, gzipped CSV or Parquet, told apart by their first bytes. Text that is no UTF-8 is
 * read as Windows-1252, which a note tells.
 *
 * @throws {DataError} for what is no table, with line and remedy; the signal's reason once it aborts
 */
export async function readTableFile(
  file: File,
  signal: AbortSignal,
  onProgress: (progress: LoadProgress) => void,
  { like, missing = [] }: ReadFileOptions = {},
): Promise<ReadTable> {
  const magic = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  if (String.fromCharCode(...magic) === "PAR1") {
    const { readParquet } = await import("./parquet.ts"); // few visitors need it
    return readParquet(file, signal, onProgress);
  }
  const options: ReadCsvOptions = { signal, onProgress, like, missing: missingMarks(missing) };
  try {
    return { table: await readCsv(file, options), notes: [], csv: true };
  } catch (error) {
    if (!(error instanceof DataError) || / not CSV\. /.test(error.message)) throw error;
    const wrong = / is not (utf-\S+) text\. /.exec(error.message)?.[1];
    if (wrong !== "utf-16le" && wrong !== "utf-16be" && (await isBinary(file, magic))) {
      throw new DataError(`${file.name} is no CSV, gzipped CSV or Parquet. Export the table as one of them.`);
    }
    if (!wrong) throw error;
    if (wrong !== "utf-8") throw new DataError(`${file.name} is damaged ${wrong} text. Save it as UTF-8.`);
  }
  const table = await readCsv(file, { ...options, encoding: "windows-1252" });
  return { table, notes: ["Read as Windows-1252, for it is no UTF-8."], csv: true };
}

/** What readCsv is told: its own marks and those that a person named; undefined for its own alone. */
function missingMarks(more: readonly string[]): readonly string[] | undefined {
  return more.length > 0 ? [...MISSING_MARKS, ...more] : undefined;
}

/** Whether there is a NUL among the first bytes, which text has none of unless it is UTF-16. */
async function isBinary(file: File, magic: Uint8Array): Promise<boolean> {
  if ((magic[0] === 0xff && magic[1] === 0xfe) || (magic[0] === 0xfe && magic[1] === 0xff)) return false;
  const gzip = magic[0] === 0x1f && magic[1] === 0x8b;
  const bytes = gzip ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  const reader = bytes.getReader();
  let seen = 0;
  try {
    while (seen < LOOKED_AT) {
      const { done, value } = await reader.read();
      if (done) return false;
      if (value.includes(0)) return true;
      seen += value.length;
    }
    return false;
  } catch {
    return false; // damaged gzip, which its own error tells
  } finally {
    await reader.cancel().catch(() => {});
  }
}
