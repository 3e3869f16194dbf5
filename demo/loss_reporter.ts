import type { Callback, StepRow } from "tabgpu";

/** Weight of what was before in the moving average: about the last twenty steps count. */
const BETA = 0.95;

/**
 * Collects the loss of every step and hands on what is new, a few times a second instead of once a step. The losses are
 * smoothed as a log axis wants it, by a moving average of their logarithms: an arithmetic one (fastai's smoothed loss)
 * would show little but the first, far larger losses fading out.
 */
export class LossReporter implements Callback {
  readonly #report: (first: number, losses: number[]) => void;
  #losses: number[] = [];
  #reported = 0;
  #average = 0;

  constructor(report: (first: number, losses: number[]) => void) {
    this.#report = report;
  }

  onStepEnd({ step, loss }: StepRow): void {
    this.#average = BETA * this.#average + (1 - BETA) * Math.log(loss);
    this.#losses.push(Math.exp(this.#average / (1 - BETA ** (step + 1))));
  }

  flush(): void {
    if (this.#losses.length === 0) return;
    this.#report(this.#reported, this.#losses);
    this.#reported += this.#losses.length;
    this.#losses = [];
  }
}
