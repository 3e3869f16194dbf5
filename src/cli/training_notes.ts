import type { EpochRow } from "../train/callbacks.ts";
import type { ModelOptions } from "../train/model_options.ts";
import type { Baseline, TrainResult } from "./page_api.ts";

/** A train_loss this many times the valid_loss makes people look for a fault. */
const FAR_ABOVE = 2;

/** What to say of a finished training besides its numbers: `warnings` on stderr, `notes` with the report. */
export function afterTraining(
  { epochs, baseline }: Pick<TrainResult, "epochs" | "baseline">,
  model: ModelOptions,
): { warnings: string[]; notes: string[] } {
  const last = epochs[epochs.length - 1];
  const warning = baseline === null ? null : notLearned(last, baseline, model);
  const note = averaged(epochs[0]);
  return { warnings: warning === null ? [] : [warning], notes: note === null ? [] : [note] };
}

function notLearned({ validLoss }: EpochRow, baseline: Baseline, { yRange }: ModelOptions): string | null {
  if (validLoss === null || validLoss < baseline.loss) return null;
  const regression = baseline.task === "regression";
  const guess = regression
    ? "always predicting the training mean"
    : "always predicting the classes' shares in training";
  const range = regression ? `, or ${yRange ? "another" : "a"} --y-range` : "";
  return (
    `The model is no better than a constant: valid_loss is ${validLoss.toPrecision(4)}, ${guess} gives ${baseline.loss.toPrecision(4)}. ` +
    `Try more --epochs, a higher --lr (\`tabgpu lr-find\` suggests one)${range}.`
  );
}

function averaged({ trainLoss, validLoss }: EpochRow): string | null {
  if (validLoss === null || !(trainLoss > FAR_ABOVE * validLoss)) return null;
  return "train_loss is fastai's running average over the steps, in which the first ones still weigh; valid_loss is measured at the end of the epoch.";
}
