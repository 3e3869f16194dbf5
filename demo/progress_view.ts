import type { Progress } from "tabgpu";
import { byId } from "./dom.ts";
import { counted, duration, grouped } from "./format.ts";

/** The bar and the line of numbers below it, and apart from them the status, which screen readers speak. */
export class ProgressView {
  readonly #bar = byId<HTMLProgressElement>("progress");
  readonly #speed = byId("speed");
  readonly #status = byId("status");

  /** Told aloud: only what a listener wants to be interrupted for. */
  say(status: string): void {
    this.#status.textContent = status;
  }

  reset(): void {
    this.#bar.value = 0;
    this.#speed.textContent = "\u00a0";
  }

  /** @param seconds of all epochs */
  finish(epochs: number, seconds: number): void {
    this.#bar.value = 1;
    this.#speed.textContent = `${counted(epochs, "epoch")} in ${duration(seconds)}`;
  }

  show(progress: Progress): void {
    const { phase, epoch, epochs, step, steps, rowsPerSecond, secondsLeft } = progress;
    if (phase === "compile") {
      this.#speed.textContent = `Compiling shaders: ${step} of ${steps}`;
      return;
    }
    this.#bar.value = (epoch + (phase === "train" ? step / steps : 1)) / epochs;
    const left = Number.isFinite(secondsLeft) ? ` · ${duration(secondsLeft)} left` : "";
    const speed = rowsPerSecond > 0 ? ` · ${grouped(rowsPerSecond)} rows/s` : "";
    const doing = phase === "valid" ? ", validating" : "";
    this.#speed.textContent = `Epoch ${epoch + 1} of ${epochs}${doing}${speed}${left}`;
  }
}
