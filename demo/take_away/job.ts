import type { Workbench } from "../worker/workbench.ts";

export function takeAwayJobs(_bench: Workbench) {
  return {};
}
