/** A first plan for a table that nobody has said anything about. Every guess is a rule a person can check. */
import type { ColumnSummary } from "./describe.ts";
import { mostlyNumbersReason } from "./mostly_numbers.ts";
import { otherDatesReason } from "./other_dates.ts";
import type { ColumnInfo, ColumnRole, DataPlan } from "./types.ts";

/** Names that targets have in tables people share, the surest first. */
const TARGET_NAMES: readonly string[] = [
  ..."target label y sales saleprice price survived churn churned exited outcome species diagnosis".split(
    " ",
  ),
  ..."class category quality rating score income salary revenue demand cost amount count cnt mpg medv".split(
    " ",
  ),
];

/** Names of targets that are class numbers rather than quantities. */
const CLASS_NAMES = /^(target|label|y|class|category|species|survived|churn(ed)?|exited|outcome|diagnosis)$/;

/** The last words of names that number or name rows. */
const ID_NAMES =
  /(^|[\s_-])(id|ids|uuid|guid|index|key|number|no|nr|row|rownames|unnamed: \d+|__index_level_\d+__)$/i;

/** The last words of names whose numbers tell things apart rather than measure them. */
const NAMES_THINGS =
  /(^|[\s_.-]|[a-z](?=[A-Z]))(id|code|store|shop|station|branch|item|product|sku|article|customer|client|user|zip|zipcode|postcode|plz)$/i;
/** An embedding needs rows: a thing must be seen this often on average. */
const ROWS_A_THING = 10;

/** Share of distinct texts from which most categories are seen once. */
const NEARLY_ALL = 0.5;
/** Rows from which a share says something. */
const MINIMUM_ROWS = 20;
/** Distinct whole numbers that still look like classes. */
const MOST_CLASSES = 20;
/** Of tables with five rows or more; of smaller ones a row. */
const HELD_OUT = 0.2;
/** Parts of a date that a table has as columns if someone has expanded it before. */
const EXPANDED = 3;
const HELD_OUT_LAST = 0.1;

/** Lower case, without separators: "Sale_Price" and "SalePrice" are the same name. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]/g, "");
}

/** Why a column should be left out, or null. */
export function reasonToIgnore(column: ColumnSummary, rows: number): string | null {
  const { name, kind, distinct, missing } = column;
  if (missing === rows) return "It is empty.";
  if (distinct === 1) return missing === 0 ? "It has the same value in every row." : null;
  const otherDates = otherDatesReason(column);
  if (otherDates !== null) return otherDates;
  if (rows < MINIMUM_ROWS) return null;
  const present = rows - missing;
  const numbered = kind === "number" && column.integer && distinct === present;
  if (numbered && (ID_NAMES.test(name) || isRowNumber(column))) {
    return "It numbers the rows: every value is different and says nothing about new rows.";
  }
  if (kind === "text" && distinct > NEARLY_ALL * present) {
    if (column.mostlyNumbers) return mostlyNumbersReason(column.mostlyNumbers);
    return distinct === present
      ? "Every text is different, so there is nothing that repeats to learn from."
      : "Most of its texts are seen once, so there is little that repeats to learn from.";
  }
  return null;
}

/** Whole numbers without a hole. */
function isRowNumber({ histogram, distinct }: ColumnSummary): boolean {
  return histogram !== null && histogram.max - histogram.min + 1 === distinct;
}

/** The column that is most likely to be predicted; null if none can be. */
export function guessTarget(columns: readonly ColumnSummary[], rows: number): string | null {
  const possible = columns.filter(
    (column) => column.kind !== "date" && column.distinct > 1 && reasonToIgnore(column, rows) === null,
  );
  const ranks = possible.map(({ name }) => TARGET_NAMES.indexOf(plainName(name)));
  const best = Math.min(...ranks.filter((rank) => rank >= 0));
  if (Number.isFinite(best)) return possible[ranks.indexOf(best)].name;
  return possible.at(-1)?.name ?? null;
}

/** Text and truth values are classes, and so are few whole numbers that are called like classes. */
export function guessTask(target: ColumnSummary): DataPlan["task"] {
  if (target.kind !== "number") return "classification";
  const few = target.integer && target.distinct <= MOST_CLASSES;
  return few && (target.distinct === 2 || CLASS_NAMES.test(plainName(target.name)))
    ? "classification"
    : "regression";
}

/** Amounts such as sales and prices: positive, over more than one power of ten, most of them small. */
export function guessLog(target: ColumnSummary): boolean {
  const { histogram, mean, kind } = target;
  if (kind !== "number" || histogram === null || mean === null) return false;
  const { min, max } = histogram;
  return min > 0 && max >= 10 * min && mean - min < 0.4 * (max - min);
}

/**
 * @param sorted fastai's cont_cat_split of the table
 * @param taken columns of the table that are called like parts of a date column
 */
export function guessRoles(
  columns: readonly ColumnSummary[],
  rows: number,
  sorted: { readonly continuous: readonly string[] },
  taken: (dateColumn: string) => readonly string[],
): ColumnInfo[] {
  const target = guessTarget(columns, rows);
  const continuous = new Set(sorted.continuous);
  return columns.map((column) => {
    const { name, kind } = column;
    const guessed = (guessedRole: ColumnRole, reason: string | null = null): ColumnInfo => ({
      ...column,
      guessedRole,
      reason,
    });
    const numbers = column.mostlyNumbers ? mostlyNumbersReason(column.mostlyNumbers) : null;
    if (name === target) return guessed("target", numbers);
    const ignored = reasonToIgnore(column, rows);
    if (ignored) return guessed("ignored", ignored);
    if (kind === "date") {
      const parts = taken(name);
      return parts.length >= EXPANDED ? guessed("ignored", partsReason(parts)) : guessed("date");
    }
    if (!continuous.has(name)) return guessed("categorical", numbers);
    const named = column.integer && NAMES_THINGS.test(name) && column.distinct * ROWS_A_THING <= rows;
    return named
      ? guessed("categorical", "By its name these numbers tell things apart rather than measure them.")
      : guessed("continuous");
  });
}

function partsReason(parts: readonly string[]): string {
  const named = parts.slice(0, 3).map((part) => `“${part}”`);
  const more = parts.length > 3 ? ` and ${parts.length - 3} more` : "";
  return `The table has its parts already: ${named.join(", ")}${more}.`;
}

/** Task, logarithm and split for the roles guessed: by time where there is a date, else by chance. */
export function guessPlan(columns: readonly ColumnInfo[], rows: number): DataPlan {
  const target = columns.find(({ guessedRole }) => guessedRole === "target");
  const dates = columns.filter(({ kind, distinct }) => kind === "date" && distinct > 1);
  const task = target ? guessTask(target) : "regression";
  return {
    roles: Object.fromEntries(columns.map(({ name, guessedRole }) => [name, guessedRole])),
    task,
    logTarget: target !== undefined && task === "regression" && guessLog(target),
    valid:
      dates.length > 0 && task === "regression"
        ? { kind: "last", fraction: HELD_OUT_LAST, by: dates[0].name }
        : { kind: "random", fraction: Math.max(HELD_OUT, Math.min(0.5, Math.ceil(100 / rows) / 100)) },
    seed: 42,
  };
}
