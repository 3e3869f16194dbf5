import cliProgress from "cli-progress";
import type { Progress } from "../train/progress.ts";
import { clock, grouped } from "./text_table.ts";

/** A progress bar on a terminal that makes room for the lines printed between; silent where there is no terminal. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream | undefined;
  #bar: cliProgress.SingleBar | undefined;

  constructor(stream: NodeJS.WriteStream | undefined) {
    this.#stream = stream;
  }

  show({ phase, epoch, epochs, step, steps, rowsPerSecond, secondsLeft, trainLoss }: Progress): void {
    if (phase === "compile") {
      this.#draw(step, steps, `compiling pipelines ${step}/${steps}`);
      return;
    }
    const speed = rowsPerSecond > 0 ? `  ${grouped(Math.round(rowsPerSecond))} rows/s` : "";
    const left = Number.isFinite(secondsLeft) ? `  ${clock(secondsLeft)} left` : "";
    const loss = Number.isFinite(trainLoss) ? `  loss ${trainLoss.toPrecision(4)}` : "";
    const what = phase === "valid" ? "validating" : "training";
    this.#draw(step, steps, `${what} epoch ${epoch + 1}/${epochs}${speed}${left}${loss}`);
  }

  showReading({ rows, bytes, totalBytes }: { rows: number; bytes: number; totalBytes: number | null }): void {
    this.#draw(bytes, totalBytes ?? bytes, `reading ${grouped(rows)} rows`);
  }

  showChecks(done: number, total: number, doing: string): void {
    this.#draw(done, total, `checking ${doing}`);
  }

  /** Clears the line, so that something else can be printed there. */
  clear(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #draw(value: number, total: number, text: string): void {
    if (!this.#stream) return;
    if (!this.#bar) {
      this.#bar = new cliProgress.SingleBar({
        stream: this.#stream,
        format: "{bar} {percentage}%  {text}",
        barCompleteChar: "█",
        barIncompleteChar: "░",
        barsize: 24,
        hideCursor: true,
        clearOnComplete: true,
        // Redrawn when told, a few times a second; no timer that could keep Node alive.
        noTTYOutput: false,
        fps: 10,
      });
      this.#bar.start(total, value, { text });
    }
    this.#bar.setTotal(total);
    this.#bar.update(value, { text });
  }
}
