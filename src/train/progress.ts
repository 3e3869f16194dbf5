/** How far a fit is; told at most a few times a second. */
export interface Progress {
  readonly phase: "compile" | "train" | "valid";
  /** Counted from 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this epoch (pipelines ready, validation batches done), and all there are. */
  readonly step: number;
  readonly steps: number;
  /** Training rows per second in this epoch so far; 0 before the first. */
  readonly rowsPerSecond: number;
  /** Seconds until the fit ends, as far as can be told; NaN at the very start. */
  readonly secondsLeft: number;
  /** Smoothed training loss; NaN before the first. */
  readonly trainLoss: number;
}

/** Milliseconds between two reports. */
const REPORT_MS = 100;

/** Turns counts of finished steps into progress reports with speed and time left. */
export class ProgressMeter {
  readonly #report: (progress: Progress) => void;
  readonly #epochs: number;
  readonly #steps: number;
  readonly #rowsPerStep: number;
  #epoch = 0;
  #epochStart = 0;
  #trainSeconds = 0;
  /** Steps done in this epoch. */
  trainedSteps = 0;
  #validSeconds = 0;
  #lastReport = Number.NEGATIVE_INFINITY;
  trainLoss = Number.NaN;

  constructor(
    report: ((progress: Progress) => void) | undefined,
    epochs: number,
    steps: number,
    rowsPerStep: number,
  ) {
    this.#report = report ?? (() => {});
    this.#epochs = epochs;
    this.#steps = steps;
    this.#rowsPerStep = rowsPerStep;
  }

  beginEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#epochStart = performance.now();
    this.#trainSeconds = 0;
    this.trainedSteps = 0;
  }

  /** Waits; the time counts neither in the epoch's seconds nor in its speed. */
  async leaveOut(wait: Promise<unknown>): Promise<void> {
    const since = performance.now();
    await wait;
    this.#epochStart += performance.now() - since;
  }

  /** Training rows per second in this epoch. */
  get rowsPerSecond(): number {
    return this.#trainSeconds > 0 ? (this.trainedSteps * this.#rowsPerStep) / this.#trainSeconds : 0;
  }

  train(done: number): void {
    this.#trainSeconds = (performance.now() - this.#epochStart) / 1000;
    this.trainedSteps = done;
    this.#tell("train", done, this.#steps, done === this.#steps);
  }

  valid(done: number, all: number): void {
    this.#tell("valid", done, all, done === all);
  }

  endEpoch(): number {
    const seconds = (performance.now() - this.#epochStart) / 1000;
    this.#validSeconds = seconds - this.#trainSeconds;
    return seconds;
  }

  #tell(phase: "train" | "valid", step: number, steps: number, last: boolean): void {
    const now = performance.now();
    if (!last && now - this.#lastReport < REPORT_MS) return;
    this.#lastReport = now;
    const perStep = this.#trainSeconds / this.trainedSteps;
    const epochsAfter = this.#epochs - this.#epoch - 1;
    const trainLeft = this.#steps - this.trainedSteps + epochsAfter * this.#steps;
    const validLeft = epochsAfter + (phase === "valid" ? 1 - step / steps : 1);
    this.#report({
      phase,
      epoch: this.#epoch,
      epochs: this.#epochs,
      step,
      steps,
      rowsPerSecond: this.rowsPerSecond,
      secondsLeft: trainLeft * perStep + validLeft * this.#validSeconds,
      trainLoss: this.trainLoss,
    });
  }
}
