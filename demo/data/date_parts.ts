/** What add_datepart makes of a date column. */
import { addDatepart, type Column, contCatSplit, type DateExpansion, Table } from "tabgpu";
import { isConstant } from "./describe.ts";

type DateColumn = Extract<Column, { kind: "date" }>;

const DAY = 86_400_000;
/** Rows looked at to find which parts vary, spread over the table. */
const ROWS = 50_000;

export interface DateParts {
  readonly expansion: DateExpansion;
  /** Parts that vary, as fastai's cont_cat_split sorts them. */
  readonly categorical: readonly string[];
  readonly continuous: readonly string[];
}

/**
 * How to expand a date column of `table`, hours and minutes too where it has them; where fastai's names for the parts are
 * taken, each begins with the column's name.
 */
export function datePartsOf(table: Table, column: DateColumn): DateParts {
  const { name } = column;
  const time = column.values.some((ms) => ms % DAY !== 0 && !Number.isNaN(ms));
  const expansion =
    takenParts(table, name).length > 0 ? { column: name, prefix: `${name}_`, time } : { column: name, time };
  const sample = Table.fromColumns([{ kind: "date", name, values: distinctDates(column.values) }]);
  const parts = addDatepart(sample, name, expansion);
  const constant = parts.columns.filter(isConstant).map((part) => part.name);
  return { expansion, ...contCatSplit(parts, 20, constant) };
}

/** Different dates, one of them missing if any is: numbers with gaps are sorted otherwise. */
function distinctDates(values: Float64Array): Float64Array {
  const step = Math.ceil(values.length / ROWS);
  const distinct = new Set<number>();
  for (let row = 0; row < values.length; row += step) distinct.add(values[row]);
  return Float64Array.from(distinct);
}

/** Columns of the table that are called like parts of its date column. */
export function takenParts(table: Table, name: string): string[] {
  const empty: DateColumn = { kind: "date", name, values: new Float64Array(1) };
  const parts = addDatepart(Table.fromColumns([empty]), name).names;
  return parts.filter((part) => part !== name && table.has(part));
}
