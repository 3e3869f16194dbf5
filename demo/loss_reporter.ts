import type { Callback, StepRow } from "tabgpu";

/** Collects the loss of every step and hands on what is new, a few times a second instead of once a step. */
export class LossReporter implements Callback {
  readonly #report: (first: number, losses: number[]) => void;
  #losses: number[] = [];
  #reported = 0;

  constructor(report: (first: number, losses: number[]) => void) {
    this.#report = report;
  }

  /** Steps whose loss is known. */
  get steps(): number {
    return this.#reported + this.#losses.length;
  }

  onStepEnd({ smoothedLoss }: StepRow): void {
    this.#losses.push(smoothedLoss);
  }

  flush(): void {
    if (this.#losses.length === 0) return;
    this.#report(this.#reported, this.#losses);
    this.#reported += this.#losses.length;
    this.#losses = [];
  }
}
