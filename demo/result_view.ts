import { byId, tableRow } from "./dom.ts";
import { fileSize, grouped, score, signedPercent } from "./format.ts";
import type { Example, Result } from "./messages.ts";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The score beside the best possible one, five predictions beside the truth, and the model file. */
export class ResultView {
  #url = "";

  clear(): void {
    byId("result").hidden = true;
    byId("no-result").hidden = false;
  }

  show({ expRmspe, bestPossible, predictions, bytes, stopped }: Result): void {
    byId("reached").textContent = score(expRmspe);
    byId("possible").textContent = score(bestPossible);
    byId("gap").textContent = signedPercent(Math.max(0, expRmspe / bestPossible - 1)).replace("+", "");
    byId("score-text").textContent = scoreText(expRmspe, bestPossible, stopped);
    byId("prediction-rows").replaceChildren(...predictions.map(exampleRow));
    byId("take-away").replaceChildren(...this.#download(bytes));
    byId("no-result").hidden = true;
    byId("result").hidden = false;
  }

  /** A link to the model file, and what that is. */
  #download(bytes: Uint8Array<ArrayBuffer>): HTMLElement[] {
    URL.revokeObjectURL(this.#url);
    this.#url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    const link = document.createElement("a");
    link.id = "download";
    link.className = "button";
    link.href = this.#url;
    link.download = "store-sales.safetensors";
    link.textContent = "Download the model";
    const help = document.createElement("span");
    help.className = "help";
    help.textContent = `${fileSize(bytes.length)}, a safetensors file with PyTorch’s tensor names`;
    return [link, help];
  }
}

function scoreText(reached: number, best: number, stopped: boolean): string {
  const typical = (100 * reached).toFixed(1);
  const floor = (100 * best).toFixed(1);
  return (
    `${stopped ? "Stopped early, the" : "The"} model is off by ${typical} % (exp_rmspe, the root of the mean squared ` +
    `relative error) on the newest tenth of the rows, which it never trained on. The formula that made the sales is ` +
    `itself off by ${floor} %: the rest of a day’s sales is noise, and no model can learn that.`
  );
}

function exampleRow({ row, predicted, truth }: Example): HTMLTableRowElement {
  const weekday = WEEKDAYS[Number(row.day_of_week) - 1];
  const day = `${row.store}, ${weekday} ${row.day_of_month} ${MONTHS[Number(row.month) - 1]}`;
  const promo = row.promo === 1 ? ", promo" : "";
  return tableRow([day + promo, grouped(predicted), grouped(truth), signedPercent(predicted / truth - 1)]);
}
