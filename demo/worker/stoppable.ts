/**
 * Work that can be stopped, of which one runs at a time: a new one stops the one before.
 */
export class Stoppable {
  #controller: AbortController | null = null;

  stop(): void {
    this.#controller?.abort();
  }

  /** What `work` gives, or null where it was stopped. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    this.stop();
    const controller = new AbortController();
    this.#controller = controller;
    try {
      const result = await work(controller.signal);
      return controller.signal.aborted ? null : result;
    } catch (error) {
      if (controller.signal.aborted) return null;
      throw error;
    } finally {
      if (this.#controller === controller) this.#controller = null;
    }
  }
}

/** Lets the worker take its messages, a stop among them. */
export async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal.throwIfAborted();
}
