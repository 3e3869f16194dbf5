/** From a plan to the library's options, and to data that is ready for training. */
import {
  type Column,
  type DateExpansion,
  isMissing,
  Table,
  TabularData,
  type TabularDataOptions,
} from "tabgpu";
import { counted, grouped } from "../ui/format.ts";
import { datePartsOf } from "./date_parts.ts";
import { describeColumn } from "./describe.ts";
import { holdOut, holdOutByClass } from "./hold_out.ts";
import { PlanError } from "./plan_error.ts";
import type { DataPlan } from "./types.ts";

/** Beyond these, a class is a name rather than a class. */
const MOST_CLASSES = 1000;

export interface Prepared {
  /** The rows and columns that are used: row numbers of `data` count in this table. */
  readonly table: Table;
  readonly data: TabularData;
  /** What was done on the way that a person should know. */
  readonly notes: readonly string[];
}

/** @throws {PlanError} for a plan that cannot work, with the field to mend; library errors for what the data refuse */
export function applyPlan(source: Table, plan: DataPlan): Prepared {
  const target = targetOf(source, plan);
  checkFraction(plan.valid.fraction);
  const notes: string[] = [];
  const table = withoutGaps(usedColumns(source, plan), target, notes);
  checkTarget(table.column(target), plan);
  const options = optionsFor(table, target, plan, notes);
  return { table, data: TabularData.from(table, options), notes };
}

function targetOf(table: Table, { roles }: DataPlan): string {
  const targets = table.names.filter((name) => roles[name] === "target");
  if (targets.length === 1) return targets[0];
  const problem = targets.length === 0 ? "Choose the column to predict." : "Choose one column to predict.";
  throw new PlanError("target", problem);
}

function checkFraction(fraction: number): void {
  if (fraction > 0 && fraction < 1) return;
  throw new PlanError("valid", "Hold out between 1 and 99 percent of the rows.");
}

/** Without ignored columns; the one that sorts the rows stays. */
function usedColumns(source: Table, { roles, valid }: DataPlan): Table {
  const sorts = valid.kind === "last" ? valid.by : null;
  if (sorts !== null && !source.has(sorts)) throw new PlanError("valid", "Choose how the rows are sorted.");
  const used = source.columns.filter(
    ({ name }) => (roles[name] ?? "ignored") !== "ignored" || name === sorts,
  );
  return used.length === source.columns.length ? source : Table.fromColumns(used);
}

/** Rows without a target teach nothing. */
function withoutGaps(table: Table, target: string, notes: string[]): Table {
  const column = table.column(target);
  const rows = new Uint32Array(table.rows);
  let count = 0;
  for (let row = 0; row < table.rows; row++) if (!isMissing(column, row)) rows[count++] = row;
  if (count === table.rows) return table;
  if (count === 0) throw new PlanError("target", `“${target}” is empty in every row. Choose another column.`);
  const left = table.rows - count;
  notes.push(`${counted(left, "row")} without a value of “${target}” ${left === 1 ? "is" : "are"} left out.`);
  return table.take(rows.slice(0, count));
}

/** Said here in the page's words, before the library says it in a developer's. */
function checkTarget(column: Column, { task, logTarget }: DataPlan): void {
  const { kind, distinct, histogram } = describeColumn(column);
  const named = `“${column.name}”`;
  if (distinct === 1) {
    throw new PlanError(
      "target",
      `${named} has the same value in every row, so there is nothing to predict.`,
    );
  }
  if (task === "classification") {
    if (distinct <= MOST_CLASSES) return;
    const found = `${named} has ${grouped(distinct)} different values, too many to be classes.`;
    throw new PlanError(
      kind === "number" ? "task" : "target",
      kind === "number" ? `${found} Predict it as a number.` : `${found} Choose another column.`,
    );
  }
  if (kind === "text" || kind === "date") {
    throw new PlanError("task", `${named} holds ${kind === "text" ? "text" : "dates"}, not numbers.`);
  }
  if (logTarget && histogram !== null && histogram.min <= 0) {
    throw new PlanError(
      "log",
      `The smallest ${named} is ${histogram.min}, and only numbers above 0 have a logarithm. Switch it off.`,
    );
  }
}

export function optionsFor(
  table: Table,
  target: string,
  plan: DataPlan,
  notes: string[] = [],
): TabularDataOptions {
  const { roles, task, seed } = plan;
  const named = (role: string) => table.names.filter((name) => roles[name] === role);
  const dates: DateExpansion[] = [];
  const categorical = named("categorical");
  const continuous = named("continuous");
  for (const name of named("date")) {
    const column = table.column(name);
    if (column.kind !== "date") throw new PlanError("column", `“${name}” holds no dates.`, name);
    const parts = datePartsOf(table, column);
    dates.push(parts.expansion);
    categorical.push(...parts.categorical);
    continuous.push(...parts.continuous);
  }
  if (categorical.length + continuous.length === 0) {
    throw new PlanError("columns", "Every column is left out. Use at least one to predict from.");
  }
  return {
    target,
    task,
    logTarget: task === "regression" && plan.logTarget,
    categorical,
    continuous,
    dates,
    valid: validSplit(table, target, plan, notes),
    seed,
    lenient: true,
  };
}

function validSplit(
  table: Table,
  target: string,
  plan: DataPlan,
  notes: string[],
): NonNullable<TabularDataOptions["valid"]> {
  if (table.rows < 2) throw new PlanError("target", "Training needs at least two rows with a target.");
  const split = holdOut(table, plan);
  if (typeof split === "object" && "indices" in split && split.indices.length === 0) {
    throw new PlanError("valid", "No row has a date to sort by. Hold out rows at random instead.");
  }
  if (plan.task !== "classification" || typeof split !== "object") return checkedSize(split, table.rows);
  const { rows } = table;
  const byTime =
    "indices" in split
      ? Uint32Array.from(split.indices)
      : "last" in split
        ? Uint32Array.from({ length: split.last }, (_, i) => rows - split.last + i)
        : null;
  const { indices, moved } = holdOutByClass(table.column(target), rows, plan, byTime);
  if (moved > 0) {
    notes.push(
      `${counted(moved, "row")} to validate moved to training, which would not have seen ${moved === 1 ? "its class" : "their classes"} otherwise.`,
    );
  }
  if (indices.length === 0) {
    throw new PlanError(
      "valid",
      "No row is held out: every class has too few rows. Hold out more, or choose another target.",
    );
  }
  return { indices };
}

function checkedSize(split: NonNullable<TabularDataOptions["valid"]>, rows: number) {
  if (typeof split === "object" && "fraction" in split && Math.floor(split.fraction * rows) === 0) {
    throw new PlanError("valid", `That holds out none of the ${counted(rows, "row")}. Hold out more.`);
  }
  if (typeof split === "object" && "indices" in split && split.indices.length >= rows) {
    throw new PlanError(
      "valid",
      "All rows have the same date, so none is left to train on. Hold out rows at random.",
    );
  }
  return split;
}
