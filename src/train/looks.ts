import { OptionError } from "../errors.ts";
import type { Callback, Look } from "./callbacks.ts";

/** When the callbacks of a fit look inside, and their looks. Loaded by fits that have such callbacks: few have. */
export class Looks {
  readonly #callbacks: readonly Callback[];
  readonly #steps: number;

  /**
   * @param steps of the fit
   * @throws {OptionError} for an `every` that is no positive whole number
   */
  constructor(callbacks: readonly Callback[], steps: number) {
    this.#callbacks = callbacks.filter(({ onLook }) => onLook);
    this.#steps = steps;
    for (const { every = 1 } of this.#callbacks) {
      if (!Number.isInteger(every) || every < 1)
        throw new OptionError(`every is ${every}; it must be a positive whole number of steps.`);
    }
  }

  /** Those that are due before `step` look, after the last step all do. @returns whether one asked to stop */
  async at(step: number, activations: Look["activations"]): Promise<boolean> {
    let stops = false;
    for (const callback of this.#callbacks) {
      const isDue = step === this.#steps || step % (callback.every ?? 1) === 0;
      if (isDue && (await callback.onLook?.({ step, activations })) === "stop") stops = true;
    }
    return stops;
  }

  /** Steps from `step` on that may be trained before the next look. */
  until(step: number): number {
    return Math.min(...this.#callbacks.map(({ every = 1 }) => every - (step % every)));
  }
}
