import type { Workbench } from "../worker/workbench.ts";

export function predictionJobs(_bench: Workbench) {
  return {};
}
