/** What add_datepart makes of a date column, found out on its distinct days only: a table of millions has few of them. */
import { addDatepart, type Column, contCatSplit, Table } from "tabgpu";
import { isConstant } from "./describe.ts";

type DateColumn = Extract<Column, { kind: "date" }>;

export interface DateParts {
  /** Names of all parts; the library adds all of them. */
  readonly all: readonly string[];
  /** Parts that vary, as fastai's cont_cat_split sorts them. */
  readonly categorical: readonly string[];
  readonly continuous: readonly string[];
}

export function datePartsOf(column: DateColumn): DateParts {
  const distinct = new Set<number>();
  let known = Number.NaN;
  for (let row = 0; row < column.values.length; row++) {
    const value = column.values[row];
    if (value === known) continue; // neighbours are often alike
    known = value;
    distinct.add(value); // one NaN too, if there are any: numbers with gaps are sorted otherwise
  }
  const days = Table.fromColumns([{ kind: "date", name: column.name, values: Float64Array.from(distinct) }]);
  const parts = addDatepart(days, column.name);
  const constant = parts.columns.filter(isConstant).map(({ name }) => name);
  return { all: parts.names, ...contCatSplit(parts, 20, constant) };
}

/** Why the parts of a date column cannot be added, or null: the table has columns of these names. */
export function dateClash(table: Table, name: string): string | null {
  const column = table.column(name);
  if (column.kind !== "date") return null;
  const empty: DateColumn = { kind: "date", name, values: new Float64Array(1) };
  const parts = addDatepart(Table.fromColumns([empty]), name).names;
  const taken = parts.filter((part) => table.has(part));
  if (taken.length === 0) return null;
  if (taken.length === 1) {
    return `One of its parts would be named “${taken[0]}”, as another column is. Ignore that one to use the date.`;
  }
  const listed = taken
    .slice(0, 3)
    .map((part) => `“${part}”`)
    .join(", ");
  const more = taken.length > 3 ? ` and ${taken.length - 3} more` : "";
  return `Its parts would be named ${listed}${more}, as other columns are. Ignore those to use the date.`;
}
