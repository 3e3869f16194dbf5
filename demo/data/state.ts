/** The panel's own signals. */
import { computed, signal } from "@preact/signals-core";
import { plan } from "../session.ts";
import type { PlanProblem } from "./plan_problem.ts";
import type { DataPlan } from "./types.ts";

/** Why the plan shown is not the one in use. */
export const planProblem = signal<PlanProblem | null>(null);

/** What is typed in the share's field while it is no share; any other plan makes it void. */
export const typedShare = signal<{ readonly text: string; readonly plan: DataPlan } | null>(null);

/** What is wrong with the share typed. */
export const wrongShare = computed(() =>
  typedShare.value !== null && typedShare.value.plan === plan.value ? "A whole number from 1 to 90." : null,
);
