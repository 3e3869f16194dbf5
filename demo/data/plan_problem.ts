/** Which field of the panel an error of a plan belongs to. */
import { messageOf } from "../ui/loadable.ts";
import type { PlanField } from "./plan_error.ts";
import type { DataPlan } from "./types.ts";

export interface PlanProblem {
  readonly field: PlanField;
  /** The column it is about, where it is about one. */
  readonly column: string | null;
  readonly message: string;
}

/** Errors cross from the worker as texts: what they name tells the field. */
export function planField(error: unknown, plan: DataPlan): PlanProblem {
  const message = messageOf(error);
  const tagged = /^\[(target|task|log|valid|column|columns)(?::(.*?))?\] /.exec(message);
  if (tagged) {
    const column = tagged[2] ?? null;
    return { field: tagged[1] as PlanField, column, message: message.slice(tagged[0].length) };
  }
  const target = /^Target "(.+?)"/.exec(message);
  if (target) {
    const field = /logarithm|logTarget/.test(message)
      ? "log"
      : /regression needs numbers/.test(message)
        ? "task"
        : "target";
    return { field, column: target[1], message: inPageWords(message) };
  }
  const column = /^(?:Column|Filling the gaps of) "(.+?)"/.exec(message);
  if (column && column[1] in plan.roles)
    return { field: "column", column: column[1], message: inPageWords(message) };
  if (/^valid\b/.test(message)) return { field: "valid", column: null, message: inPageWords(message) };
  return { field: "columns", column: null, message: inPageWords(message) };
}

/** The library tells developers which option to pass; the page has a field for it. */
export function inPageWords(message: string): string {
  return message
    .replace(
      /Leave out rows that are not positive, or logTarget\./,
      "Switch the logarithm off, or correct the rows.",
    )
    .replace(/Expand it with dates: \[[^\]]*\](, or use it as a category)?\./, "Give it the role “date”.")
    .replace(/, or task: "regression"\./, ", or predict it as a number.")
    .replace(/, or pass fillMissing: \{ addColumns: false \}\./, ", or ignore one of them.")
    .replace(/Read it as numbers: readCsv\(.*?\)\.$/, "Ignore it, or use it as categories.")
    .replace(
      /Use it as a continuous column, or leave it out\.$/,
      "Give it the role “continuous” or “ignored”.",
    )
    .replace(/Leave it out\.$/, "Give it the role “ignored”.")
    .replace(/Consider leaving it out\.$/, "Consider the role “ignored”.");
}
