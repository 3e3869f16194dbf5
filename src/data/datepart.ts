import { DataError } from "../errors.ts";
import type { BooleanColumn, Column, DateColumn, NumberColumn } from "./column.ts";
import { datePartNames } from "./datepart_names.ts";
import { DAY, parseDate } from "./dates.ts";
import type { PreprocessingState } from "./preprocessing_state.ts";
import { rowName } from "./row_name.ts";
import type { Table } from "./table.ts";

export interface DatePartOptions {
  /** Put before each new column's name; default: the column's name without a trailing "Date" or "date". */
  prefix?: string;
  /** Drop the source column; default true. */
  drop?: boolean;
  /** Add Hour, Minute and Second too; default false. */
  time?: boolean;
}

/** fastai's default prefix: "saledate" → "sale", "Date" → "". */
export function defaultDatePrefix(column: string): string {
  return column.replace(/[Dd]ate$/, "");
}

/**
 * fastai's add_datepart: calendar fields of a date column as new columns, appended in fastai's order. Fields are
 * UTC; Week is the ISO-8601 week, Dayofweek counts from Monday = 0, Elapsed is whole seconds since 1970-01-01.
 * In a row without a date the numbers are missing and the booleans false.
 *
 * @throws {DataError} if the column holds no dates, or a new column's name is taken.
 */
export function addDatepart(table: Table, column: string, options: DatePartOptions = {}): Table {
  const { prefix = defaultDatePrefix(column), drop = true, time = false } = options;
  const dates = dateColumn(table, column);
  const dropped = drop ? column : undefined;
  for (const name of datePartNames(prefix, time)) {
    if (table.has(name) && name !== dropped) {
      throw new DataError(
        `Expanding the date column "${column}" would add a column "${name}", which the table already has. Give another prefix, or drop the existing column.`,
      );
    }
  }
  return table.withColumns(datePartColumns(dates, prefix, time), dropped);
}

/** The column as dates; text is parsed. */
export function dateColumn(table: Table, name: string): DateColumn {
  const column = table.column(name);
  if (column.kind === "date") return column;
  if (column.kind !== "text") {
    const empty = column.kind === "number" && column.values.every(Number.isNaN);
    if (empty) return { kind: "date", name, values: column.values };
    throw new DataError(
      `Column "${name}" holds ${column.kind}s, not dates. Dates are written like 2015-07-31 or 2015-07-31T13:45:00.`,
    );
  }
  const parsed = Float64Array.from(column.dictionary, (text) => parseDate(text.trim()));
  const values = new Float64Array(table.rows).fill(Number.NaN);
  for (let row = 0; row < table.rows; row++) {
    const code = column.codes[row];
    if (code < 0) continue;
    values[row] = parsed[code];
    if (Number.isNaN(values[row])) {
      throw new DataError(
        `Column "${name}" holds "${column.dictionary[code]}" in ${rowName(row)}, which is not a date. Dates are written like 2015-07-31 or 2015-07-31T13:45:00.`,
      );
    }
  }
  return { kind: "date", name, values };
}

function datePartColumns(dates: DateColumn, prefix: string, time: boolean): Column[] {
  const rows = dates.values.length;
  const columns = datePartNames("", time).map((part): NumberColumn | BooleanColumn =>
    part.startsWith("Is_")
      ? { kind: "boolean", name: prefix + part, values: new Uint8Array(rows) }
      : {
          kind: "number",
          name: prefix + part,
          values: new Float64Array(rows).fill(Number.NaN),
          integer: true,
        },
  );
  let known = Number.NaN; // tables are often sorted by date: neighbours share their fields
  let fields: number[] = [];
  for (let row = 0; row < rows; row++) {
    const ms = dates.values[row];
    if (Number.isNaN(ms)) continue; // numbers stay missing, booleans false
    if (ms !== known) fields = datePartValues(ms, time);
    known = ms;
    for (let i = 0; i < columns.length; i++) columns[i].values[row] = fields[i];
  }
  return columns;
}

/** The fields of one instant, in the order of {@link datePartNames}; booleans as 0 and 1. */
export function datePartValues(ms: number, time: boolean): number[] {
  const date = new Date(ms);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const monthEnd = new Date(Math.floor(ms / DAY) * DAY + DAY).getUTCDate() === 1;
  const monthStart = day === 1;
  const flags = [
    monthEnd,
    monthStart,
    monthEnd && month % 3 === 0,
    monthStart && month % 3 === 1,
    monthEnd && month === 12,
    monthStart && month === 1,
  ].map(Number);
  const clock = time ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()] : [];
  const weekday = (date.getUTCDay() + 6) % 7;
  return [year, month, isoWeek(ms), day, weekday, dayOfYear(ms), ...flags, ...clock, Math.floor(ms / 1000)];
}

/** 1…366. */
export function dayOfYear(ms: number): number {
  return Math.floor((ms - startOfYear(new Date(ms).getUTCFullYear())) / DAY) + 1;
}

/** ISO-8601: weeks begin on Monday and belong to the year that holds their Thursday. */
function isoWeek(ms: number): number {
  const day = Math.floor(ms / DAY);
  const weekday = (((day + 3) % 7) + 7) % 7; // 1970-01-01 was a Thursday
  return Math.floor((dayOfYear((day - weekday + 3) * DAY) - 1) / 7) + 1;
}

/** Midnight of January 1st; Date.UTC alone reads years 0…99 as 1900…1999. */
export function startOfYear(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}

/** The table with the state's date columns expanded into their parts. */
export function expandDates(table: Table, state: Pick<PreprocessingState, "dateParts">): Table {
  return state.dateParts.reduce(
    (expanded, { column, prefix, time }) => addDatepart(expanded, column, { prefix, time, drop: false }),
    table,
  );
}
