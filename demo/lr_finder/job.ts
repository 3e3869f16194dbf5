import type { Workbench } from "../worker/workbench.ts";

export function lrFinderJobs(_bench: Workbench) {
  return {};
}
