import type { TabularData } from "../data/tabular_data.ts";
import { targetScaleWarning } from "../train/target_scale.ts";
import type { LearnerSpec } from "./page_api.ts";

/** What the command line warns of before it trains, besides the data's own warnings. */
export function targetWarnings(data: TabularData, spec: Pick<LearnerSpec, "tabular" | "model">): string[] {
  const labels = spec.tabular.task === undefined ? zeroOneTarget(data) : null;
  // Of 0 and 1 the scale is fine; one text about a target is enough.
  const text = labels ?? targetScaleWarning(data, spec.model.yRange);
  return text === null ? [] : [text];
}

/** A 0/1 target that nobody called a number is mostly a yes/no. */
function zeroOneTarget({ preprocessing, encoded, trainRows }: TabularData): string | null {
  const { target } = preprocessing;
  if (target.task !== "regression" || target.log) return null;
  const width = target.names.length;
  const only01 = (row: number) =>
    target.names.every((_, i) => {
      const value = encoded.targets![row * width + i];
      return value === 0 || value === 1;
    });
  if (!trainRows.every(only01)) return null;
  const task = width === 1 ? "classification" : "multilabel";
  return `Only 0 and 1 in target ${target.names.map((name) => `"${name}"`).join(", ")}, learned as a number (regression). If they mean no and yes, add task: "${task}".`;
}
