import { basename } from "node:path";
import type { Command } from "commander";
import { readHeader } from "./csv_header.ts";
import { type EngineFlags, runJob } from "./engine.ts";
import type { Job } from "./job.ts";
import {
  addAdapterOption,
  addDataOptions,
  addModelOptions,
  type LearnerFlags,
  learnerSpec,
} from "./learner_options.ts";
import { notNegative, positiveInteger, positiveNumber } from "./option_values.ts";
import { prepareOutput, writeWhole } from "./output_file.ts";
import type * as PageFunctions from "./page/index.ts";
import { type Example, MODEL_UPLOAD, type TrainResult, type TrainSpec } from "./page_api.ts";
import type { Terminal } from "./terminal.ts";
import { bytesText, shown, textTable } from "./text_table.ts";
import { afterTraining } from "./training_notes.ts";
import { epochJson, TrainingReport } from "./training_report.ts";

interface TrainFlags extends LearnerFlags, OutputFlags {
  epochs: number;
  lr?: number;
  wd?: number;
}

export interface OutputFlags extends EngineFlags {
  out: string;
  json?: boolean;
}

export function addTrainCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("train")
    .argument("<data.csv>", "table with a header line; .csv or .csv.gz");
  command.description("Train a tabular model by fastai's one-cycle policy and write it to one file");
  addModelOptions(addDataOptions(command))
    .option("--epochs <number>", "passes over the training rows", positiveInteger, 5)
    .option("--lr <rate>", "highest learning rate (default: 1e-3, recipe v1: 3e-3)", positiveNumber)
    .option("--wd <decay>", "weight decay (default: 0.01)", notNegative)
    .optionsGroup("Output:")
    .option("--out <file>", "the model", "model.safetensors")
    .option("--json", "print a line of JSON per epoch and a last one with the result");
  addAdapterOption(command);
  command.addHelpText(
    "after",
    "\nExample:\n  tabgpu train sales.csv --target sales --log-target --y-range 5,11 --valid-last 6000 --epochs 5 --bs 512 --lr 1e-2",
  );
  command.action(async (path: string, flags: TrainFlags) => {
    await prepareOutput("--out", flags.out);
    const spec = learnerSpec(path, await readHeader(path, flags), flags);
    const { epochs, lr, wd } = flags;
    await trainInPage({ ...spec, epochs, lr, wd }, { [`data/${basename(path)}`]: path }, flags, terminal);
  });
}

/** Trains in the page, reports, and writes the model's file. Shared by `train` and `sample`. */
export async function trainInPage(
  spec: TrainSpec,
  files: Record<string, string>,
  flags: OutputFlags,
  terminal: Terminal,
  describe: (example: Example) => string = (example) => `row ${example.row}`,
): Promise<TrainResult> {
  const report = new TrainingReport(terminal, flags.json ?? false);
  try {
    const job: Job<typeof PageFunctions.train> = {
      module: terminal.pageModule,
      function: "train",
      argument: spec,
      files,
      onEvent: report.take,
      onEngine: report.engine,
      onWarning: report.warn,
      signal: terminal.signal,
    };
    const run = await runJob(job, flags);
    const bytes = run.files.get(MODEL_UPLOAD)!;
    await writeWhole(flags.out, bytes);
    const { examples, epochs, lr, parameters } = run.value;
    const rows = examples.map((example) => [
      describe(example),
      shown(example.prediction),
      shown(example.truth),
    ]);
    report.print("", textTable(["validation row", "prediction", "truth"], rows));
    const { warnings, notes } = afterTraining(run.value, spec.model);
    for (const warning of warnings) report.warn(warning);
    if (notes.length > 0) report.print("", ...notes);
    report.print("", `wrote ${flags.out} (${bytesText(bytes.length)})`);
    if (flags.json) {
      report.json({
        event: "result",
        ...epochJson(epochs[epochs.length - 1]),
        epochs: epochs.length,
        seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
        lr,
        parameters,
        ...report.engineJson(),
        examples: examples.map(({ row, prediction, truth }) => ({ row, prediction, truth })),
        model: flags.out,
        bytes: bytes.length,
      });
    }
    return run.value;
  } finally {
    report.clear();
  }
}
