import { adapterLine } from "../gpu/device.ts";
import type { EpochRow } from "../train/callbacks.ts";
import { EpochTable } from "./epoch_table.ts";
import { inFlags } from "./flag_words.ts";
import type { RunningEngine } from "./job.ts";
import type { DataSummary, PageEvent } from "./page_api.ts";
import { ProgressBar } from "./progress_bar.ts";
import type { Terminal } from "./terminal.ts";
import { grouped } from "./text_table.ts";

/** Turns the page's events into what a person, or with `json` a program, wants to read. */
export class TrainingReport {
  readonly #terminal: Terminal;
  readonly #json: boolean;
  readonly #bar: ProgressBar;
  readonly #epochs = new EpochTable();
  #engine: RunningEngine | undefined;

  constructor(terminal: Terminal, json: boolean) {
    this.#terminal = terminal;
    this.#json = json;
    this.#bar = new ProgressBar(terminal.bar);
  }

  /** What runs WebGPU, and on what. */
  readonly engine = (running: RunningEngine): void => {
    this.#engine = running;
    this.print(`engine: ${running.name}`, `adapter: ${adapterLine(running.adapter)}\n`);
  };

  readonly take = (event: PageEvent): void => {
    if (event.kind === "reading") this.#bar.showReading(event);
    if (event.kind === "progress") this.#bar.show(event.progress);
    if (event.kind === "data") this.#data(event.summary);
    if (event.kind === "model") {
      const { text, parameters } = event;
      this.print("", text, `${grouped(parameters)} parameters\n`);
    }
    if (event.kind === "epoch") {
      if (this.#json) this.json({ event: "epoch", ...epochJson(event.row) });
      else this.print(...this.#epochs.lines(event.row));
    }
  };

  /** A warning of the page's console. */
  readonly warn = (text: string): void => {
    this.clear();
    this.#terminal.err(`warning: ${inFlags(text)}\n`);
  };

  /** One line of JSON on stdout. */
  json(value: object): void {
    this.clear();
    this.#terminal.out(`${JSON.stringify(value)}\n`);
  }

  /** Lines for people; dropped with `json`. */
  print(...lines: string[]): void {
    this.clear();
    if (!this.#json) this.#terminal.out(lines.map((line) => `${line}\n`).join(""));
  }

  clear(): void {
    this.#bar.clear();
  }

  /** Engine and adapter as the last JSON line tells them. */
  engineJson(): object {
    if (!this.#engine) return {};
    const { features, limits, ...adapter } = this.#engine.adapter;
    return { engine: this.#engine.name, adapter };
  }

  #data({ rows, trainRows, validRows, target, task, categorical, continuous, warnings }: DataSummary): void {
    this.print(
      `${grouped(rows)} rows: ${grouped(trainRows)} to train on, ${grouped(validRows)} to validate`,
      `target ${target.join(", ")} (${task}); ${categorical.length} categorical, ${continuous.length} continuous columns`,
    );
    for (const warning of warnings) this.warn(warning);
  }
}

/** An epoch as a JSON line holds it: with the names of fastai's table. */
export function epochJson(row: EpochRow): object {
  return {
    epoch: row.epoch,
    train_loss: row.trainLoss,
    valid_loss: row.validLoss,
    metrics: row.metrics,
    seconds: row.seconds,
    rows_per_second: row.rowsPerSecond,
  };
}
