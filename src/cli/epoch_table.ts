import type { EpochRow } from "../train/callbacks.ts";
import { clock } from "./text_table.ts";

/** fastai's table of epochs, printed row by row while the training runs. */
export class EpochTable {
  #names: string[] | undefined;

  /** The lines to print for an epoch: with the heading before the first one. */
  lines(row: EpochRow): string[] {
    const metrics = Object.keys(row.metrics);
    const cells = [
      String(row.epoch),
      ...[row.trainLoss, row.validLoss, ...Object.values(row.metrics)].map(number),
      clock(row.seconds),
    ];
    const heading: string[] = [];
    if (!this.#names) {
      this.#names = ["epoch", "train_loss", "valid_loss", ...metrics, "time"];
      heading.push(this.#line(this.#names));
    }
    return [...heading, this.#line(cells)];
  }

  #line(cells: readonly string[]): string {
    return cells
      .map((cell, i) => cell.padEnd(Math.max(10, this.#names![i].length)))
      .join("  ")
      .trimEnd();
  }
}

function number(value: number | null): string {
  return value === null ? "-" : value.toFixed(6);
}
