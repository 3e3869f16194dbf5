import type { Command } from "commander";
import { toCsv } from "../io/csv.ts";
import { storeSalesSample } from "../sample/store_sales.ts";
import { addAdapterOption } from "./learner_options.ts";
import { integer, positiveInteger } from "./option_values.ts";
import { prepareOutput, writeWhole } from "./output_file.ts";
import type { Example, TrainSpec } from "./page_api.ts";
import type { Terminal } from "./terminal.ts";
import { grouped } from "./text_table.ts";
import { type OutputFlags, trainInPage } from "./train.ts";

interface SampleFlags extends OutputFlags {
  csv?: string;
  rows: number;
  seed: number;
  epochs: number;
}

/** `tabgpu sample`, which `npm start` runs: trains on the embedded sample, or writes it as CSV. */
export function addSampleCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("sample")
    .description("Train on the embedded sample of synthetic store sales, whose best possible score is known")
    .option("--csv <file>", "write the sample to a file instead of training on it")
    .option("--rows <number>", "rows of the sample, at least 1000", positiveInteger, 60_000)
    .option("--seed <number>", "of the sample and of the training", integer, 42)
    .option("--epochs <number>", "passes over the training rows", positiveInteger, 5)
    .option("--out <file>", "the model", "out/sample.safetensors")
    .option("--json", "print a line of JSON per epoch and a last one with the result");
  addAdapterOption(command).action(async (flags: SampleFlags) => {
    if (flags.csv !== undefined) await writeSample(flags, flags.csv, terminal);
    else await trainOnSample(flags, terminal);
  });
}

async function writeSample({ rows, seed }: SampleFlags, path: string, terminal: Terminal): Promise<void> {
  await prepareOutput("--csv", path);
  await writeWhole(path, toCsv(storeSalesSample({ rows, seed }).table));
  terminal.err(`wrote ${path}: ${grouped(rows)} rows of synthetic store sales\n`);
}

async function trainOnSample(flags: SampleFlags, terminal: Terminal): Promise<void> {
  await prepareOutput("--out", flags.out);
  const { rows, seed, epochs, json } = flags;
  const { options } = storeSalesSample({ rows, seed });
  const spec: TrainSpec = {
    data: { sample: { rows, seed } },
    tabular: { ...options, seed },
    model: { layers: [200, 100], yRange: [5, 11] },
    metrics: ["exp_rmspe"],
    bs: 256,
    recipe: "v2",
    seed,
    epochs,
    lr: 1e-2,
    wd: 0.1,
  };
  if (!json) terminal.out("Synthetic store sales, made from a seed: none of these shops exists.\n");
  const result = await trainInPage(spec, {}, flags, terminal, describe);
  if (!json && result.bestPossible) {
    const reached = result.epochs[result.epochs.length - 1].metrics.exp_rmspe;
    const { drawn, theory } = result.bestPossible;
    terminal.out(
      `exp_rmspe ${reached.toFixed(4)}: the noise in these rows leaves ${drawn.toFixed(4)} to the true function itself ` +
        `(${theory.toFixed(4)} in theory), so the model is within ${(100 * (reached / drawn - 1)).toFixed(1)} % of the best possible.\n`,
    );
  }
}

function describe({ inputs }: Example): string {
  const weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][Number(inputs.day_of_week) - 1];
  return `${inputs.store}, ${weekday} ${inputs.day_of_month}/${inputs.month}${inputs.promo === 1 ? ", promo" : ""}`;
}
