/** Which field of the panel an error of a plan belongs to. */
import { messageOf } from "../ui/loadable.ts";
import { inPageWords } from "./page_words.ts";
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
    return { field, column: target[1], message: inPageWords(message, "plan") };
  }
  const column = /^(?:Column|Filling the gaps of) "(.+?)"/.exec(message);
  if (column && column[1] in plan.roles)
    return { field: "column", column: column[1], message: inPageWords(message, "plan") };
  if (/^valid\b/.test(message))
    return { field: "valid", column: null, message: inPageWords(message, "plan") };
  return { field: "columns", column: null, message: inPageWords(message, "plan") };
}
