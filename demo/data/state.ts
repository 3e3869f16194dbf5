/** The panel's own signals. */
import { signal } from "@preact/signals-core";
import type { PlanProblem } from "./plan_problem.ts";

/** Why the plan shown is not the one in use. */
export const planProblem = signal<PlanProblem | null>(null);
