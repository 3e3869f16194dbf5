import type { Workbench } from "../worker/workbench.ts";

export function understandingJobs(_bench: Workbench) {
  return {};
}
