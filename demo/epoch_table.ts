import type { EpochRow } from "tabgpu";
import { byId, tableRow } from "./dom.ts";
import { duration, score } from "./format.ts";

/** A row per epoch under fastai's column names; counted from 1, as the progress and the chart's axis do. */
export class EpochTable {
  readonly #body = byId("epoch-rows");
  /** Epochs since the last clear, and the seconds of all of them. */
  count = 0;
  seconds = 0;

  clear(): void {
    this.#body.replaceChildren();
    this.count = 0;
    this.seconds = 0;
  }

  add({ epoch, trainLoss, validLoss, metrics, seconds }: EpochRow): void {
    const valid = [validLoss ?? Number.NaN, metrics.exp_rmspe];
    this.count = epoch + 1;
    this.seconds += seconds;
    this.#body.append(tableRow([String(this.count), ...[trainLoss, ...valid].map(score), duration(seconds)]));
  }
}
