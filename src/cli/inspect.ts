import type { Command } from "commander";
import type { TargetState } from "../data/preprocessing_state.ts";
import type { ModelFile } from "../io/model_file.ts";
import { trainableCount } from "../model/parameters.ts";
import { modelRepr } from "../model/repr.ts";
import { readModel } from "./read_model.ts";
import type { Terminal } from "./terminal.ts";
import { bytesText, grouped, textTable } from "./text_table.ts";

export function addInspectCommand(program: Command, terminal: Terminal): void {
  program
    .command("inspect")
    .argument("<model>", "a model's file")
    .description("Print a model: its layers, columns, categories and sizes")
    .option("--json", "print one JSON object: config, preprocessing, training, sizes")
    .action(async (path: string, flags: { json?: boolean }) => {
      const model = await readModel(path, "inspect takes a model's file");
      terminal.out(flags.json ? `${JSON.stringify(asJson(model))}\n` : asText(path, model));
    });
}

function asJson({ config, preprocessing, training, bytes }: ModelFile & { bytes: number }): object {
  return { config, preprocessing, training, parameters: trainableCount(config), bytes };
}

function asText(path: string, model: ModelFile & { bytes: number }): string {
  const { config, preprocessing, training, bytes } = model;
  const { categorical, continuous, fillMissing, recipe } = preprocessing;
  const parts = [
    `${path}: ${grouped(trainableCount(config))} parameters, ${bytesText(bytes)}, fastai ${recipe}, layout ${config.layout}`,
    `target: ${describeTarget(preprocessing.target)}`,
  ];
  if (training) {
    const scores = Object.entries(training.metrics).map(
      ([name, value]) => `${name} ${value?.toPrecision(4) ?? "-"}`,
    );
    parts.push(
      `trained: ${training.epochs} epochs, ${scores.join(", ")} (seed ${training.seed}, TabGPU ${training.tabgpu}, ${training.date})`,
    );
  }
  parts.push("", modelRepr(config));
  if (categorical.length > 0) {
    const rows = categorical.map(({ name, type, levels }, i) => [
      name,
      type,
      levels.length,
      config.embeddingSizes[i].join(" x "),
      some(levels.map(String)),
    ]);
    parts.push("", textTable(["categorical", "type", "levels", "embedding", "values"], rows));
  }
  if (continuous.length > 0) {
    const rows = continuous.map(({ name, mean, std }) => [
      name,
      short(mean),
      short(std),
      Object.hasOwn(fillMissing, name) ? short(fillMissing[name]) : "-",
    ]);
    parts.push("", textTable(["continuous", "mean", "std", "gaps become"], rows));
  }
  for (const { column, prefix } of preprocessing.dateParts)
    parts.push(`date ${column}, expanded as ${prefix}*`);
  return `${parts.join("\n")}\n`;
}

function describeTarget(target: TargetState): string {
  const names = target.names.join(", ");
  if (target.task === "classification")
    return `${names} (classification: ${some(target.classes.map(String))})`;
  return `${names} (${target.task}${target.task === "regression" && target.log ? " of the logarithm" : ""})`;
}

/** The first values that fit into a line; quoted where a comma or a blank would blur them. */
function some(all: readonly string[]): string {
  const values = all.map((value) => (/^\s|[,"]|\s$|^$/.test(value) ? JSON.stringify(value) : value));
  const shown: string[] = [];
  for (const value of values) {
    if (shown.length > 0 && [...shown, value].join(", ").length > 50) break;
    shown.push(value);
  }
  const more = values.length - shown.length;
  return shown.join(", ") + (more > 0 ? `, … ${grouped(more)} more` : "");
}

function short(value: number): string {
  return Number(value.toPrecision(5)).toString();
}
