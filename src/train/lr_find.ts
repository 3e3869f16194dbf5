import {
  type LrFindOptions,
  type LrSuggestions,
  lrFindSchedule,
  lrFindStopRule,
  suggestLearningRates,
} from "./lr_suggestions.ts";
import { type Progress, ProgressMeter } from "./progress.ts";
import { SmoothedLoss } from "./smoothed_loss.ts";
import type { Trainer } from "./trainer.ts";

/** Steps submitted before their losses are looked at: the stop rule may come that much late, nothing is lost by it. */
const STEPS_AT_ONCE = 10;

export interface LrFindResult extends LrSuggestions {
  /** The rates tried and the smoothed losses, as fastai records them. */
  readonly lrs: readonly number[];
  readonly losses: readonly number[];
}

/**
 * Runs the LR finder on a trainer and leaves it as it was, weights, moments and step count.
 * @param hypers momentum and weight decay in force
 * @param orderOf the order of rows of the pass-th time through the training rows
 * @throws {DataError} if the loss diverges at once
 */
export async function findLearningRate(
  trainer: Trainer,
  hypers: { readonly mom: number; readonly wd: number },
  orderOf: (pass: number) => Uint32Array,
  options: LrFindOptions & { onProgress?: (progress: Progress) => void; signal?: AbortSignal },
): Promise<LrFindResult> {
  const { numIt = 100 } = options;
  const schedule = lrFindSchedule(hypers.mom, options);
  const before = await trainer.snapshot();
  const smoothed = new SmoothedLoss();
  const exploded = lrFindStopRule();
  const meter = new ProgressMeter(options.onProgress, 1, numIt, trainer.options.bs);
  const lrs: number[] = [];
  const losses: number[] = [];
  let stop = false;
  const onLosses = (values: Float32Array) => {
    for (const loss of values) {
      if (stop) break;
      lrs.push(schedule(lrs.length).lr);
      losses.push(smoothed.add(loss));
      stop = exploded(smoothed.value);
    }
  };
  meter.beginEpoch(0);
  try {
    for (let pass = 0; !stop && lrs.length < numIt; pass++) {
      trainer.setOrder(orderOf(pass));
      for (let batch = 0; !stop && batch < trainer.batches && lrs.length < numIt; ) {
        const first = lrs.length;
        const n = Math.min(STEPS_AT_ONCE, trainer.batches - batch, numIt - first);
        const hypersOf = (i: number) => ({ ...schedule(first + i), wd: hypers.wd });
        await trainer.train(batch, n, hypersOf, { onLosses, signal: options.signal });
        meter.trainLoss = smoothed.value;
        meter.train(lrs.length);
        batch += n;
      }
    }
  } finally {
    trainer.restore(before);
  }
  return { ...suggestLearningRates(lrs, losses, numIt), lrs, losses };
}
