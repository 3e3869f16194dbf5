import Papa from "papaparse";
import type { Column, ColumnKind } from "../data/column.ts";
import { ColumnBuilder } from "../data/column_builder.ts";
import { formatDate } from "../data/dates.ts";
import type { DecimalComma } from "../data/decimal_comma.ts";
import type { PreprocessingState } from "../data/preprocessing.ts";
import { listNames, suggestNames } from "../data/suggest.ts";
import { Table } from "../data/table.ts";
import { DataError } from "../errors.ts";
import { type CsvBlock, CsvBlocks } from "./csv_blocks.ts";
import { type CsvSource, openSource, textOf } from "./csv_source.ts";

export type { CsvSource } from "./csv_source.ts";

export interface CsvProgress {
  /** Bytes read of the source, as stored (compressed if it is). */
  readonly bytes: number;
  /** Bytes of the whole source, or null if unknown. */
  readonly totalBytes: number | null;
  /** Rows read so far. */
  readonly rows: number;
}

export interface ReadCsvOptions {
  /** Character between fields; default: found in the first lines (comma, tab, semicolon or bar). */
  delimiter?: string;
  /** Kinds of single columns that inference must not decide. */
  types?: Readonly<Record<string, ColumnKind>>;
  /**
   * Read a table for a fitted model: what was text in training stays text, so that a file in which a column of
   * codes happens to hold digits only still matches.
   */
  like?: PreprocessingState;
  /** Cells that mean "unknown", besides blank ones; default NA, N/A, n/a, #N/A, <NA>, NaN, nan, null, NULL. */
  missing?: readonly string[];
  /** Encoding of the text; default UTF-8, or UTF-16 if the file begins with its byte order mark. */
  encoding?: string;
  signal?: AbortSignal;
  /** Called after each block of some 32,000 characters. */
  onProgress?: (progress: CsvProgress) => void;
}

/**
 * Reads CSV with a header line into a {@link Table}, block by block, so that the text is never in memory as a
 * whole. Gzip is unpacked on the way. Each column gets the kind a person would see in it: true/false, numbers,
 * ISO dates, else text; numbers with leading zeros ("007") or too many digits to be exact stay text. Blank lines
 * are skipped.
 *
 * Where fields are not separated by commas, a column is also numbers if each of its values is one with a decimal
 * comma ("-12,5"; in "1.234,5" the dots separate thousands) and at least one has a comma. If tabs or bars separate
 * fields and every comma could separate thousands ("1,234"), the column stays text, unless `types` calls it numbers;
 * in a file with semicolons it is 1.234. Without any comma "1.234" is 1.234 in every file.
 *
 * Runs in Node, pages and workers.
 *
 * @throws {DataError} for an empty or ragged file, a repeated column name, broken quotes or a value that is not of
 * the kind asked for, with the line it is on
 * @throws {OptionError} for a string that is a path rather than CSV text
 * @throws the signal's reason once it aborts
 */
export async function readCsv(source: CsvSource, options: ReadCsvOptions = {}): Promise<Table> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const opened = await openSource(source, signal);
  const blocks = new CsvBlocks(opened.name, options.delimiter);
  let builders: ColumnBuilder[] | undefined;
  let bytes = 0;
  let rows = 0;

  const take = (block: ReturnType<CsvBlocks["push"]>) => {
    if (!block) return;
    builders ??= block.header.map((name) => builderFor(name, block, options));
    builders.forEach((builder, index) => {
      builder.append(block.rows, index, block.lineOf);
    });
    rows += block.rows.length;
    onProgress?.({ bytes, totalBytes: opened.total, rows });
  };
  for await (const text of textOf(opened, options.encoding, (read) => {
    bytes = read;
  })) {
    signal?.throwIfAborted();
    take(blocks.push(text));
  }
  take(blocks.finish());

  if (!builders) {
    throw new DataError(
      `${opened.name} is empty. A table needs a header line with column names and rows below it.`,
    );
  }
  if (rows === 0) {
    const names = builders.map(({ name }) => name);
    throw new DataError(
      `${opened.name} has a header (${listNames(names)}) but no rows. Add at least one line of data.`,
    );
  }
  const columns: Column[] = [];
  for (let builder = builders.shift(); builder; builder = builders.shift()) columns.push(builder.finish());
  return Table.fromColumns(columns);
}

/** Programs write semicolons where the comma is the decimal sign, but tabs and bars anywhere. */
function decimalCommaOf(delimiter: string): DecimalComma | undefined {
  if (delimiter === ",") return undefined;
  return delimiter === ";" ? "always" : "clear";
}

function builderFor(name: string, { header, delimiter }: CsvBlock, options: ReadCsvOptions): ColumnBuilder {
  const { types = {}, like, missing } = options;
  for (const typed of Object.keys(types)) {
    if (!header.includes(typed)) {
      throw new DataError(
        `types names a column "${typed}" that the file lacks. ${suggestNames(typed, header)}`,
      );
    }
  }
  const kind = types[name] ?? (like && isTextIn(like, name) ? "text" : undefined);
  return new ColumnBuilder(name, { kind, missing, decimalComma: decimalCommaOf(delimiter) });
}

/** Whether a fitted column or target held text. */
function isTextIn({ categorical, target }: PreprocessingState, name: string): boolean {
  if (target.task === "classification" && target.names[0] === name)
    return typeof target.classes[0] === "string";
  return categorical.some((vocab) => vocab.name === name && vocab.type === "text");
}

/** Rows written at a time. */
const WRITE_ROWS = 8192;

/**
 * A table, or columns of equal length, as CSV text: a header, then one line per row, each ended by "\n". Missing
 * cells are empty; floats keep a point ("3.0"), so that the text reads back with the same kinds.
 */
export function toCsv(columns: Table | readonly Column[]): string {
  const table = columns instanceof Table ? columns : Table.fromColumns(columns);
  const config = { newline: "\n", header: false } as const;
  const parts = [Papa.unparse([table.names], config)];
  const writers = table.columns.map(cellWriter);
  for (let from = 0; from < table.rows; from += WRITE_ROWS) {
    const lines: string[][] = [];
    for (let row = from; row < Math.min(from + WRITE_ROWS, table.rows); row++) {
      lines.push(writers.map((cell) => cell(row)));
    }
    parts.push(Papa.unparse(lines, config));
  }
  return parts.join("\n") + "\n";
}

function cellWriter(column: Column): (row: number) => string {
  switch (column.kind) {
    case "text":
      return (row) => (column.codes[row] < 0 ? "" : column.dictionary[column.codes[row]]);
    case "boolean":
      return (row) => ["false", "true"][column.values[row]] ?? "";
    case "date":
      return (row) => (Number.isNaN(column.values[row]) ? "" : formatDate(column.values[row]));
    case "number":
      return (row) => {
        const value = column.values[row];
        if (Number.isNaN(value)) return "";
        const text = String(value);
        return column.integer || !/^-?\d+$/.test(text) ? text : `${text}.0`;
      };
  }
}
