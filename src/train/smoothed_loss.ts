/** fastai's weight of the past in the training loss it reports. */
const BETA = 0.98;

/**
 * The training loss as fastai reports it: s ← 0.98 s + 0.02 loss from s = 0, shown as s / (1 − 0.98^t) so that the
 * start is not too low. Made anew for each fit; it runs on across epochs.
 */
export class SmoothedLoss {
  #sum = 0;
  #t = 0;

  /** Takes the loss of the next step and returns the smoothed loss after it. A NaN stays. */
  add(loss: number): number {
    this.#t++;
    this.#sum = BETA * this.#sum + (1 - BETA) * loss;
    return this.value;
  }

  /** The smoothed loss now; NaN before the first step. */
  get value(): number {
    return this.#sum / (1 - BETA ** this.#t);
  }
}
