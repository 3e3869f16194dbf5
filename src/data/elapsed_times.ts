import { DataError } from "../errors.ts";
import type { Column, DateColumn } from "./column.ts";
import { dateColumn } from "./datepart.ts";
import { DAY } from "./dates.ts";
import { rowName, rowNames } from "./row_name.ts";
import type { Table } from "./table.ts";

/** Rows in a trailing sum: rows, not days, as in fastai. */
const WINDOW = 7;

/**
 * fastai's add_elapsed_times, for events such as promotions and holidays of many shops. Within each group of equal
 * `base`, by ascending date, a field f adds
 * - `After<f>`: days since the last row in which f was true, 0 before the first;
 * - `Before<f>`: the same scanned from the latest date backwards, so at most 0;
 * - `<f>_bw` and `<f>_fw`: how often f was true in this row and the 6 earlier (later) rows.
 *
 * @param fields true/false or 0/1 columns; a gap is false. @param date a column of dates without gaps.
 * @param base the column that names the group
 * @throws {DataError} for fields of another kind, missing dates, and two rows of one group and date
 */
export function addElapsedTimes(table: Table, fields: readonly string[], date: string, base: string): Table {
  const dates = dateColumn(table, date);
  const groups = groupRows(table.column(base), dates);
  const made = fields.map((field) => elapsedOf(table, field, dates, groups));
  const inOrder = ["After", "Before", "_bw", "_fw"].flatMap((_, kind) =>
    made.map((columns) => columns[kind]),
  );
  return table.withColumns(inOrder);
}

/** Rows of each group, dates ascending. */
function groupRows(base: Column, dates: DateColumn): number[][] {
  const values = base.kind === "text" ? base.codes : base.values;
  const groups = new Map<number, number[]>();
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(dates.values[row])) {
      throw new DataError(
        `Column "${dates.name}" is missing in ${rowName(row)}; elapsed times need a date in every row.`,
      );
    }
    const group = groups.get(values[row]);
    if (group) group.push(row);
    else groups.set(values[row], [row]);
  }
  for (const rows of groups.values()) {
    rows.sort((a, b) => dates.values[a] - dates.values[b]);
    const twin = rows.findIndex((row, i) => i > 0 && dates.values[row] === dates.values[rows[i - 1]]);
    if (twin > 0) {
      throw new DataError(
        `"${base.name}" and "${dates.name}" are the same in ${rowNames([rows[twin - 1], rows[twin]])}; elapsed times need one row per group and date.`,
      );
    }
  }
  return [...groups.values()];
}

/** The four columns of one field. */
function elapsedOf(table: Table, field: string, dates: DateColumn, groups: number[][]): Column[] {
  const flags = flagsOf(table.column(field));
  const [after, before, backward, forward] = [0, 1, 2, 3].map(() => new Float64Array(table.rows));
  for (const rows of groups) {
    scan(rows, flags, dates.values, after, backward);
    scan(rows.toReversed(), flags, dates.values, before, forward);
  }
  const column = (name: string, values: Float64Array): Column => ({
    kind: "number",
    name,
    values,
    integer: true,
  });
  return [
    column(`After${field}`, after),
    column(`Before${field}`, before),
    column(`${field}_bw`, backward),
    column(`${field}_fw`, forward),
  ];
}

/** Days since the last flag and flags in the window, in the order of `rows`. */
function scan(
  rows: readonly number[],
  flags: Uint8Array,
  dates: Float64Array,
  days: Float64Array,
  sums: Float64Array,
): void {
  let last = Number.NaN;
  let sum = 0;
  rows.forEach((row, i) => {
    if (flags[row]) last = dates[row];
    days[row] = Number.isNaN(last) ? 0 : Math.trunc((dates[row] - last) / DAY);
    sum += flags[row] - (i >= WINDOW ? flags[rows[i - WINDOW]] : 0);
    sums[row] = sum;
  });
}

function flagsOf(column: Column): Uint8Array {
  const odd =
    column.kind === "number"
      ? column.values.findIndex((value) => value !== 0 && value !== 1 && !Number.isNaN(value))
      : column.kind === "boolean"
        ? -1
        : 0;
  if (odd >= 0) {
    throw new DataError(
      `Column "${column.name}" is neither true/false nor 0/1 in ${rowName(odd)}; elapsed times need such a field.`,
    );
  }
  const values = column.kind === "text" ? column.codes : column.values;
  return Uint8Array.from(values, (value) => (value === 1 ? 1 : 0));
}
