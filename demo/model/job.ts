import type { Workbench } from "../worker/workbench.ts";

export function modelJobs(_bench: Workbench) {
  return {};
}
