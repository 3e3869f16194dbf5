import type { Workbench } from "../worker/workbench.ts";

export function insideJobs(_bench: Workbench) {
  return {};
}
