import type { Workbench } from "../worker/workbench.ts";

export function dataJobs(_bench: Workbench) {
  return {};
}
