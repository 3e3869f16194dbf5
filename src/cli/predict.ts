import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type Command, Option } from "commander";
import { cpuInferenceEngine } from "../cpu/cpu_inference.ts";
import { inputColumns } from "../data/preprocessing_state.ts";
import { listNames, suggestNames } from "../data/suggest.ts";
import { DataError, DeviceError, OptionError } from "../errors.ts";
import { adapterLine } from "../gpu/device.ts";
import { mayHaveGpu } from "../headless/adapter.ts";
import type { ModelFile } from "../io/model_file.ts";
import { saveLater } from "../predict/save_later.ts";
import { TabularModel } from "../predict/tabular_model.ts";
import { readHeader } from "./csv_header.ts";
import { type EngineFlags, runJob } from "./engine.ts";
import { inFlags } from "./flag_words.ts";
import type { Job as EngineJob } from "./job.ts";
import { addAdapterOption } from "./learner_options.ts";
import { nameList } from "./option_values.ts";
import { prepareOutput, writeWhole } from "./output_file.ts";
import type * as PageFunctions from "./page/index.ts";
import { MODEL_FILE, PREDICTIONS_UPLOAD } from "./page_api.ts";
import { predictCsv } from "./predict_csv.ts";
import { ProgressBar } from "./progress_bar.ts";
import { readModel } from "./read_model.ts";
import { addReadOptions, checkTypes, readSpec } from "./read_options.ts";
import type { ReadSpec } from "./read_spec.ts";
import type { Terminal } from "./terminal.ts";
import { grouped } from "./text_table.ts";

interface PredictFlags extends EngineFlags, ReadSpec {
  out?: string;
  keep?: string[];
  backend: "auto" | "webgpu" | "cpu";
}

interface Predicted {
  readonly rows: number;
  readonly csv: string | Uint8Array;
  /** What to say of categories that training never saw, a line per column. */
  readonly unseen: readonly string[];
  readonly by: string;
}

export function addPredictCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("predict")
    .argument("<model>", "a model's file")
    .argument("<data.csv>", "table with the model's input columns; .csv or .csv.gz")
    .description("Predict the rows of a table and write the predictions as CSV, a line per row")
    .option("--out <file>", "where to write; default: stdout")
    .option("--keep <columns>", "columns of the table to repeat before the predictions", nameList)
    .addOption(
      new Option("--backend <kind>", "auto takes the CPU where there is no GPU")
        .choices(["auto", "webgpu", "cpu"])
        .default("auto"),
    );
  addReadOptions(command);
  addAdapterOption(command).action(async (modelPath: string, path: string, flags: PredictFlags) => {
    if (flags.out !== undefined) await prepareOutput("--out", flags.out);
    const model = await readModel(modelPath, `the model comes first: tabgpu predict MODEL ${modelPath}`);
    const header = await readHeader(path, flags);
    checkHeader(basename(path), header, model, flags.keep ?? []);
    checkTypes(basename(path), header, flags);
    const job = { modelPath, path, header, model, flags, terminal };
    const { rows, csv, unseen, by } = await predict(job);
    for (const note of unseen) terminal.err(`warning: ${note}; the model takes them for missing\n`);
    if (flags.out === undefined) terminal.out(typeof csv === "string" ? csv : new TextDecoder().decode(csv));
    else await writeWhole(flags.out, csv);
    terminal.err(
      `predicted ${grouped(rows)} ${rows === 1 ? "row" : "rows"}: ${by}${flags.out === undefined ? "" : `, wrote ${flags.out}`}\n`,
    );
  });
}

interface Job {
  readonly modelPath: string;
  readonly path: string;
  readonly header: readonly string[];
  readonly model: ModelFile;
  readonly flags: PredictFlags;
  readonly terminal: Terminal;
}

/**
 * Whether this process predicts, without trying an engine: when told to, and where an engine would find nothing but a
 * software adapter, which takes seconds to start and is slower than the CPU path.
 */
export function predictsHere(
  { backend, engine, adapter }: Pick<PredictFlags, "backend" | "engine" | "adapter">,
  hasGpu = mayHaveGpu(),
): boolean {
  return backend === "cpu" || (backend === "auto" && engine === "auto" && adapter === "auto" && !hasGpu);
}

/** "auto" falls back to the CPU for want of a device too, and says so. */
async function predict(job: Job): Promise<Predicted> {
  const { backend } = job.flags;
  if (predictsHere(job.flags)) return predictOnCpu(job);
  try {
    return await predictInPage(job);
  } catch (error) {
    if (backend === "webgpu" || !(error instanceof DeviceError)) throw error;
    job.terminal.err(`no WebGPU, so the CPU predicts: ${error.message}\n`);
    return predictOnCpu(job);
  }
}

async function predictInPage({ modelPath, path, header, flags, terminal }: Job): Promise<Predicted> {
  const bar = new ProgressBar(terminal.bar);
  const file = `data/${basename(path)}`;
  try {
    const job: EngineJob<typeof PageFunctions.predict> = {
      module: terminal.pageModule,
      function: "predict",
      argument: { file, header, keep: flags.keep ?? [], ...readSpec(flags) },
      files: { [MODEL_FILE]: modelPath, [file]: path },
      onEvent: (event) => {
        if (event.kind === "reading") bar.showReading(event);
      },
      onWarning: (text) => terminal.err(`warning: ${inFlags(text)}\n`),
      signal: terminal.signal,
    };
    const { value, files, engine } = await runJob(job, flags);
    const by = `${adapterLine(engine.adapter)} in ${engine.name}`;
    return { ...value, csv: files.get(PREDICTIONS_UPLOAD)!, by };
  } finally {
    bar.clear();
  }
}

async function predictOnCpu({ path, header, model, flags, terminal }: Job): Promise<Predicted> {
  const { config, preprocessing, tensors } = model;
  const runnable = new TabularModel(config, preprocessing, cpuInferenceEngine(config, tensors), saveLater);
  const source = new File([await readFile(path)], basename(path));
  const { keep = [] } = flags;
  const { signal } = terminal;
  return {
    ...(await predictCsv(runnable, source, { header, keep, signal, ...readSpec(flags) })),
    by: runnable.description,
  };
}

/** Told before a browser starts: the columns the model needs, and those that --keep names. */
function checkHeader(
  file: string,
  header: readonly string[],
  model: ModelFile,
  keep: readonly string[],
): void {
  const needed = inputColumns(model.preprocessing).map(({ name }) => name);
  const missing = needed.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new DataError(
      `${file} lacks ${missing.length} of the ${needed.length} columns that the model was trained on: ${listNames(missing)}. ` +
        `${suggestNames(missing[0], header)} Add the columns (cells may be empty), or rename the header.`,
    );
  }
  const unknown = keep.find((name) => !header.includes(name));
  if (unknown !== undefined) {
    throw new OptionError(
      `--keep names a column "${unknown}" that ${file} lacks. ${suggestNames(unknown, header)}`,
    );
  }
}
