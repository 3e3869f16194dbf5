import type { CurrentModelInfo } from "../training/types.ts";
import type { CurrentModel, Workbench } from "./workbench.ts";

let version = 0;

/** What there is to tell of a model beside itself. */
export interface ModelLabel {
  readonly name: string;
  readonly origin: CurrentModelInfo["origin"];
  readonly table: CurrentModelInfo["table"];
  readonly metrics: Readonly<Record<string, number>>;
}

/** Makes a model the current one, which the panels below the training use, and frees the one before. */
export function placeModel(bench: Workbench, current: CurrentModel, label: ModelLabel): CurrentModelInfo {
  const before = bench.current;
  bench.current = current;
  before?.model.dispose();
  const { target } = current.model.preprocessing;
  return {
    ...label,
    target: target.names.join(", "),
    task: target.task === "regression" && target.names.length > 1 ? "multi-regression" : target.task,
    parameters: current.model.parameterCount,
    fileBytes: current.bytes.length,
    hasRows: current.trainedOn !== null,
    version: ++version,
  };
}
