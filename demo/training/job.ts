import type { Workbench } from "../worker/workbench.ts";

export function trainingJobs(_bench: Workbench) {
  return {};
}
