/** A pause button: the fit asks it between steps. */
export class Gate {
  #wait: Promise<void> | null = null;
  #open: (() => void) | null = null;
  readonly #onWait: () => void;

  /** @param onWait called when a fit really waits: the steps under way end first */
  constructor(onWait: () => void) {
    this.#onWait = onWait;
  }

  close(): void {
    this.#wait ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open?.();
    this.#wait = null;
    this.#open = null;
  }

  /** For `FitOptions.pause`. */
  readonly pause = (): Promise<void> | null => {
    if (this.#wait) this.#onWait();
    return this.#wait;
  };
}
