/** What runs learned: only scores of runs that learned the same, and are held against the same rows, compare. */

import { shortened } from "../data/describe_words.ts";
import type { DataInfo, DataPlan } from "../data/types.ts";
import { counted, grouped } from "../ui/format.ts";
import { scoresOf } from "./run_charts.ts";
import type { Learned, Run } from "./types.ts";

/** @param table its name, where there is one */
export function learnedOf(
  { target, logTarget, task, trainRows, validRows }: DataInfo,
  valid: DataPlan["valid"],
  table = "",
): Learned {
  const of = `${grouped(validRows)} of ${counted(trainRows + validRows, "row")}`;
  const last = valid.kind === "last" && `the last ${of}${valid.by === null ? "" : ` by ${valid.by}`}`;
  const heldOut = validRows === 0 ? "" : last || `${of}, drawn at random`;
  return { target: logTarget ? `ln ${target}` : target, task, table, heldOut };
}

/** "ln sales of Store sales", "species (classes) of penguins.csv" */
export function learnedWords({ target, task, table }: Learned): string {
  if (target === "") return "something that is not known any more";
  return `${target}${task === "classification" ? " (classes)" : ""}${table === "" ? "" : ` of ${table}`}`;
}

export function sameLearned(one: Learned, other: Learned): boolean {
  return (Object.keys(one) as (keyof Learned)[]).every((key) => one[key] === other[key]);
}

/** Runs that compare, together; groups and runs in the order they came in. */
export function comparableRuns(runs: readonly Run[]): Run[][] {
  const groups: Run[][] = [];
  for (const run of runs) {
    const group = groups.find(([first]) => sameLearned(first.learned, run.learned));
    if (group) group.push(run);
    else groups.push([run]);
  }
  return groups;
}

/** What a score is measured in: a root mean squared error in the target's own unit, or of its logarithm. */
export function unitOf(metric: string, { target, task }: Learned): string {
  const of = shortened(target, 14);
  switch (metric) {
    case "valid_loss":
      if (task === "classification") return "cross-entropy";
      return of.includes(" ") ? `(${of})²` : `${of}²`;
    case "rmse":
    case "mae":
      return of;
    case "exp_rmspe":
      return "relative";
    case "r2_score":
      return `of ${of}`;
    case "accuracy":
      return "share right";
    default:
      return "0 to 1";
  }
}

const LOWER_IS_BETTER: readonly string[] = ["valid_loss", "exp_rmspe", "rmse", "mae"];

/** The runs with the best score, of runs that compare and have left a model; none where that is one only, or all are alike. */
export function bestRuns(runs: readonly Run[], metric: string): ReadonlySet<number> {
  const scored = runs.flatMap((run) => {
    const score = scoresOf(run)[metric];
    const leftModel = run.state === "done" || run.state === "stopped";
    return leftModel && Number.isFinite(score) ? [{ id: run.id, score }] : [];
  });
  const scores = scored.map(({ score }) => score);
  const [least, greatest] = [Math.min(...scores), Math.max(...scores)];
  if (scored.length < 2 || least === greatest) return new Set();
  const best = LOWER_IS_BETTER.includes(metric) ? least : greatest;
  return new Set(scored.filter(({ score }) => score === best).map(({ id }) => id));
}
