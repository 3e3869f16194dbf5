import type { Callback, StepRow } from "tabgpu";
import type { StepBlock } from "./types.ts";

/** Weight of what was before in the moving average: about the last twenty steps count. */
const BETA = 0.95;

/** A loss of 0 has no logarithm, and would leave the average without a number from there on. */
const LEAST_LOSS = 1e-12;

/** Points of a series at most: more than a screen is wide serve nobody. */
const MOST_POINTS = 500;

/** Of every how many steps one is kept. */
export function strideFor(steps: number): number {
  return Math.max(1, Math.ceil(steps / MOST_POINTS));
}

/**
 * Collects steps and hands on what is new, a few times a second instead of once a step, and one in a stride. The losses
 * are smoothed as a log axis wants it, by a moving average of their logarithms: an arithmetic one (fastai's smoothed
 * loss) would show little but the first, far larger losses fading out.
 */
export class StepReporter implements Callback {
  #block: { step: number[]; loss: number[]; lr: number[]; mom: number[] } = empty();
  #stride = 1;
  #average = 0;

  onFitBegin({ steps }: { steps: number }): void {
    this.#stride = strideFor(steps);
  }

  onStepEnd({ step, loss, lr, mom }: StepRow): void {
    const logLoss = Math.log(Math.max(loss, LEAST_LOSS));
    this.#average = BETA * this.#average + (1 - BETA) * logLoss;
    if ((step + 1) % this.#stride !== 0) return;
    const smoothed = Math.exp(this.#average / (1 - BETA ** (step + 1)));
    this.#block.step.push(step + 1);
    this.#block.loss.push(smoothed);
    this.#block.lr.push(lr);
    this.#block.mom.push(mom);
  }

  /** What is new since the last call. */
  take(): StepBlock {
    const block = this.#block;
    this.#block = empty();
    return block;
  }
}

function empty() {
  return { step: [], loss: [], lr: [], mom: [] };
}
