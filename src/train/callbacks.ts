import { OptionError } from "../errors.ts";
import type { ActivationOptions, LayerActivations } from "./activation_probe.ts";

/** A finished epoch; losses are per row or element as the loss defines it, times in seconds. */
export interface EpochRow {
  /** Counted from 0 within the fit. */
  readonly epoch: number;
  /** Smoothed as fastai reports it. */
  readonly trainLoss: number;
  /** Null where there are no validation rows. */
  readonly validLoss: number | null;
  /** By the metrics' names; empty where there are no validation rows. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Training rows per second of training, validation left out. */
  readonly rowsPerSecond: number;
}

/** A finished training step. Its loss comes back from the GPU in blocks, so it is told up to 0.3 s late. */
export interface StepRow {
  /** Counted from 0 within the fit. */
  readonly step: number;
  readonly loss: number;
  readonly smoothedLoss: number;
  readonly lr: number;
  readonly mom: number;
}

/** What a callback may do to the weights: keep those of now, and put kept ones back. */
export interface Weights {
  keep(): Promise<void>;
  putBack(): void;
}

/** A moment between two steps of a fit; good until `onLook` has ended. */
export interface Look {
  /** Steps done so far, within the fit. */
  readonly step: number;
  /** `Learner.activations` on the batch that comes next; after the last step, on that step's. */
  activations(options?: ActivationOptions): Promise<LayerActivations[]>;
}

/** What a callback may say: "stop" ends the fit, nothing lets it go on. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback without a return statement is the usual one.
export type Verdict = "stop" | undefined | void;

/** Called at the edges of steps and epochs, in the order they were given. Returning "stop" ends the fit there. */
export interface Callback {
  onFitBegin?(fit: { epochs: number; steps: number }): void;
  onStepEnd?(row: StepRow): Verdict;
  /** Before step 0, `every`, 2 · `every`, … and after the last; training waits. All losses so far were told before. */
  onLook?(look: Look): Verdict | Promise<Verdict>;
  /** Steps between two looks. Default 1. */
  readonly every?: number;
  onEpochEnd?(row: EpochRow, weights: Weights): Verdict | Promise<Verdict>;
  onFitEnd?(weights: Weights): void | Promise<void>;
}

export interface MonitorOptions {
  /** "valid_loss", "train_loss" or a metric's name. Default "valid_loss". */
  readonly monitor?: string;
  /** Change that counts as an improvement; not negative. Default 0. */
  readonly minDelta?: number;
  /** Which way is better; by default lower for a name with "loss" or "error", else higher, as fastai has it. */
  readonly direction?: "lower" | "higher";
}

/** fastai's TrackerCallback: says of each epoch whether it is the best so far. */
function tracker(options: MonitorOptions): (row: EpochRow) => boolean {
  const { monitor = "valid_loss", minDelta = 0 } = options;
  if (!(minDelta >= 0)) throw new OptionError(`minDelta is ${minDelta}; it must not be negative.`);
  const lower = options.direction ? options.direction === "lower" : /loss|error/.test(monitor);
  let best = lower ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return (row) => {
    const known: Record<string, number | null> = {
      train_loss: row.trainLoss,
      valid_loss: row.validLoss,
      ...row.metrics,
    };
    const value = known[monitor];
    if (value === undefined || value === null) {
      const names = Object.keys(known).filter((name) => known[name] !== null);
      throw new OptionError(
        `monitor is "${monitor}", which this fit does not report; it has ${names.join(", ")}.`,
      );
    }
    const better = lower ? value < best - minDelta : value > best + minDelta;
    if (better) best = value;
    return better;
  };
}

/** fastai v2's EarlyStoppingCallback: stops after `patience` (default 1) epochs in a row without improvement. */
export function earlyStopping(options: MonitorOptions & { readonly patience?: number } = {}): Callback {
  const { patience = 1 } = options;
  if (!Number.isInteger(patience) || patience < 1) {
    throw new OptionError(`patience is ${patience}; it must be a positive whole number of epochs.`);
  }
  let isBest = tracker(options);
  let wait = 0;
  return {
    onFitBegin() {
      isBest = tracker(options);
      wait = 0;
    },
    onEpochEnd(row) {
      wait = isBest(row) ? 0 : wait + 1;
      if (wait >= patience) return "stop";
    },
  };
}

/** fastai's SaveModelCallback: keeps the best epoch's weights and puts them back when the fit ends. */
export function saveBestModel(options: MonitorOptions = {}): Callback {
  let isBest = tracker(options);
  let kept = false;
  return {
    onFitBegin() {
      isBest = tracker(options);
      kept = false;
    },
    async onEpochEnd(row, weights) {
      if (!isBest(row)) return;
      await weights.keep();
      kept = true;
    },
    onFitEnd(weights) {
      if (kept) weights.putBack();
    },
  };
}
