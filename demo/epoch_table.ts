import type { EpochRow } from "tabgpu";
import { byId, tableRow } from "./dom.ts";
import { duration, score } from "./format.ts";

/** A row per epoch under fastai's column names. */
export class EpochTable {
  readonly #body = byId("epoch-rows");

  clear(): void {
    this.#body.replaceChildren();
  }

  add({ epoch, trainLoss, validLoss, metrics, seconds }: EpochRow): void {
    const valid = [validLoss ?? Number.NaN, metrics.exp_rmspe];
    this.#body.append(tableRow([String(epoch), ...[trainLoss, ...valid].map(score), duration(seconds)]));
  }
}
