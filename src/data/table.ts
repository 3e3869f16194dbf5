import { DataError } from "../errors.ts";
import { type CellValue, type Column, cellValue, columnLength, firstRows, takeRows } from "./column.ts";
import type { PreprocessingState } from "./preprocessing_state.ts";
import { columnsFromRecords } from "./records.ts";
import { suggestNames } from "./suggest.ts";

export type {
  BooleanColumn,
  CellValue,
  Column,
  ColumnKind,
  DateColumn,
  NumberColumn,
  TextColumn,
} from "./column.ts";

/**
 * A table held column by column in typed arrays. Immutable by convention: whatever changes a table returns a new
 * one that shares the untouched columns. Rows are counted from 0, in error messages too.
 */
export class Table {
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly names: string[];
  readonly #byName: Map<string, Column>;

  private constructor(columns: readonly Column[]) {
    this.columns = columns;
    this.names = columns.map((column) => column.name);
    this.rows = columns.length > 0 ? columnLength(columns[0]) : 0;
    this.#byName = new Map(columns.map((column) => [column.name, column]));
  }

  /** @throws {DataError} for two columns of one name or columns of different lengths. */
  static fromColumns(columns: readonly Column[]): Table {
    const seen = new Set<string>();
    for (const column of columns) {
      if (seen.has(column.name)) {
        throw new DataError(`Column "${column.name}" appears twice in the table. Rename one of the two.`);
      }
      seen.add(column.name);
      const [length, expected] = [columnLength(column), columnLength(columns[0])];
      if (length !== expected) {
        throw new DataError(
          `Column "${column.name}" has ${length} rows but "${columns[0].name}" has ${expected}; all columns of a table are equally long.`,
        );
      }
    }
    return new Table([...columns]);
  }

  /**
   * A table from one object per row; null, undefined and NaN are missing. Without `like`, the values' own types
   * decide (strings stay text). With `like`, the table gets exactly the input columns that state was fitted on, in
   * the types they had then.
   *
   * @throws {DataError} for a column of mixed types; with `like`, for a row that lacks a column or holds a value of
   * another type than in training.
   */
  static fromRecords(records: readonly Record<string, unknown>[], like?: PreprocessingState): Table {
    return Table.fromColumns(columnsFromRecords(records, like));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** @throws {DataError} if there is none; the message names near ones. */
  column(name: string): Column {
    const column = this.#byName.get(name);
    if (!column) throw new DataError(`There is no column "${name}". ${suggestNames(name, this.names)}`);
    return column;
  }

  /**
   * This table with more columns behind its own.
   * @param dropped a column of its own that is left out
   * @throws {DataError} as {@link fromColumns}
   */
  withColumns(added: readonly Column[], dropped?: string): Table {
    return Table.fromColumns([...this.columns.filter(({ name }) => name !== dropped), ...added]);
  }

  /** The rows at `indices`, in that order. */
  take(indices: Uint32Array): Table {
    return new Table(this.columns.map((column) => takeRows(column, indices)));
  }

  /** The first `n` rows, or all if there are fewer; shares memory with this table. */
  head(n = 5): Table {
    return new Table(this.columns.map((column) => firstRows(column, Math.min(n, this.rows))));
  }

  /** One object per row; missing cells are null, dates are Date objects. For display: it costs much memory. */
  toRecords(): Record<string, CellValue>[] {
    return Array.from({ length: this.rows }, (_, row) =>
      Object.fromEntries(this.columns.map((column) => [column.name, cellValue(column, row)])),
    );
  }
}
