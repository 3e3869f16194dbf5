import { DataError, OptionError } from "../errors.ts";
import { defaultDatePrefix } from "./datepart.ts";
import { datePartNames } from "./datepart_names.ts";
import type { FillMissingOptions } from "./fill_missing.ts";
import type { Task } from "./preprocessing.ts";
import type { ValidSplit } from "./split.ts";
import { suggestNames } from "./suggest.ts";
import type { Table } from "./table.ts";

/** How a date column is expanded; a name alone takes the defaults. */
export interface DateExpansion {
  readonly column: string;
  /** Put before the name of each part; default as fastai: the column's name without a trailing "Date" or "date". */
  readonly prefix?: string;
  /** Add Hour, Minute and Second too; default false. */
  readonly time?: boolean;
}

export interface TabularDataOptions {
  /** Columns to embed, in the model's order. */
  categorical?: readonly string[];
  /**
   * Columns to use as numbers, in the model's order. With neither list, fastai's cont_cat_split sorts all columns
   * other than targets, a split column and `exclude`; with one list alone, the other is empty.
   */
  continuous?: readonly string[];
  /** The column or columns to predict. */
  target: string | readonly string[];
  /** Default by the target: text and true/false a classification, numbers a regression (integers in v1: classes). */
  task?: Task;
  /** Learn the natural logarithm of a regression target; default false. */
  logTarget?: boolean;
  /** Rows held out for validation; default { fraction: 0.2 }. */
  valid?: ValidSplit;
  /** Which fastai to follow: statistics, and the target's type; default "v2". */
  recipe?: "v1" | "v2";
  /** How gaps in continuous columns are filled; default by the median, with a `_na` category. */
  fillMissing?: FillMissingOptions;
  /** Date columns to expand with add_datepart; their parts may be named in `categorical` and `continuous`. */
  dates?: readonly (string | DateExpansion)[];
  /** Seed of a random split that has none of its own; default 42. */
  seed?: number;
  /** Most distinct values of an integer column that cont_cat_split calls categorical; default 20. */
  maxCard?: number;
  /** Columns that cont_cat_split leaves out. */
  exclude?: readonly string[];
  /** Fill validation gaps in columns without training gaps with the mean instead of throwing; default false. */
  lenient?: boolean;
}

const KEYS: readonly (keyof TabularDataOptions)[] = [
  "categorical",
  "continuous",
  "target",
  "task",
  "logTarget",
  "valid",
  "recipe",
  "fillMissing",
  "dates",
  "seed",
  "maxCard",
  "exclude",
  "lenient",
];

/**
 * Checks options against each other and against the table's names, before any work is done.
 *
 * @throws {OptionError} for contradictory options, {DataError} for columns the table lacks and for an empty table
 */
export function checkTabularOptions(table: Table, options: TabularDataOptions): void {
  const { categorical = [], continuous = [], exclude = [], fillMissing = {} } = options;
  const dates = dateParts(options);
  const unknown = Object.keys(options).find((key) => !(KEYS as readonly string[]).includes(key));
  if (unknown) throw new OptionError(`There is no option "${unknown}". ${suggestOption(unknown)}`);
  oneOf("recipe", options.recipe, ["v1", "v2"]);
  oneOf("task", options.task, ["regression", "classification", "multilabel"]);
  oneOf("fillMissing.strategy", fillMissing.strategy, ["median", "mode", "constant"]);
  const fills =
    typeof fillMissing.fill === "object" ? Object.values(fillMissing.fill) : [fillMissing.fill ?? 0];
  const odd = fills.find((fill) => !Number.isFinite(fill));
  if (odd !== undefined) throw new OptionError(`fillMissing.fill is ${odd}; it must be a finite number.`);
  if (table.rows === 0) throw new DataError("The table has no rows. Training needs at least two.");

  const targets = typeof options.target === "string" ? [options.target] : options.target;
  for (const name of [...targets, ...dates.map(({ column }) => column)]) table.column(name);
  refuseRepeats("categorical", categorical);
  refuseRepeats("continuous", continuous);
  const both = categorical.find((name) => continuous.includes(name));
  if (both !== undefined) {
    throw new OptionError(`Column "${both}" is both categorical and continuous. Choose one.`);
  }
  const leaked = targets.find((name) => categorical.includes(name) || continuous.includes(name));
  if (leaked !== undefined) {
    throw new OptionError(
      `Column "${leaked}" is the target and an input at once; the model would just copy it. Take it out of ${categorical.includes(leaked) ? "categorical" : "continuous"}.`,
    );
  }
  if (options.categorical || options.continuous) checkDatePartsUsed([...categorical, ...continuous], dates);
  if (exclude.length > 0 && (options.categorical || options.continuous)) {
    throw new OptionError(
      "exclude only serves when columns are sorted automatically; with categorical or continuous given, all others are left out anyway.",
    );
  }
}

/** The date columns to expand, with what was left to the defaults. */
export function dateParts({ dates = [] }: Pick<TabularDataOptions, "dates">): Required<DateExpansion>[] {
  return dates.map((date) => {
    const {
      column,
      prefix,
      time = false,
    } = typeof date === "string" ? { column: date } : (date as DateExpansion);
    return { column, prefix: prefix ?? defaultDatePrefix(column), time };
  });
}

function suggestOption(key: string): string {
  return suggestNames(key, KEYS).replace("The columns are", "The options are");
}

function oneOf(key: string, value: string | undefined, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value)) {
    throw new OptionError(`${key} is "${value}"; it must be one of ${allowed.join(", ")}.`);
  }
}

function refuseRepeats(list: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new OptionError(`${list} names "${twice}" twice; name each column once.`);
}

/** Dates expanded for nothing are surely a mistake. */
function checkDatePartsUsed(inputs: readonly string[], dates: readonly Required<DateExpansion>[]): void {
  for (const { column, prefix, time } of dates) {
    const parts = datePartNames(prefix, time);
    if (!parts.some((part) => inputs.includes(part))) {
      throw new OptionError(
        `dates expands "${column}", but none of its parts is an input. Name some in categorical or continuous: ${parts.join(", ")}.`,
      );
    }
  }
}
