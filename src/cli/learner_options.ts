import { basename } from "node:path";
import { type Command, Option } from "commander";
import { defaultDatePrefix } from "../data/datepart.ts";
import { datePartNames } from "../data/datepart_names.ts";
import type { ValidSplit } from "../data/split.ts";
import { listNames, suggestNames } from "../data/suggest.ts";
import { OptionError } from "../errors.ts";
import type { EngineFlags } from "./engine.ts";
import { ENGINES } from "./job.ts";
import {
  batchSize,
  fraction,
  integer,
  metricList,
  nameList,
  positiveInteger,
  probability,
  probabilityList,
  range,
  widthList,
} from "./option_values.ts";
import type { LearnerSpec } from "./page_api.ts";
import { addReadOptions, checkTypes, readSpec } from "./read_options.ts";
import type { ReadSpec } from "./read_spec.ts";

/** The options of train and lr-find as commander parses them. */
export interface LearnerFlags extends EngineFlags, ReadSpec {
  target?: string[];
  cat?: string[];
  cont?: string[];
  exclude?: string[];
  dates?: string[];
  task?: "regression" | "classification" | "multilabel";
  logTarget?: boolean;
  validFraction?: number;
  validLast?: number;
  validFirst?: number;
  validColumn?: string;
  layers: number[];
  ps?: number[];
  embDrop: number;
  yRange?: [number, number];
  bn: boolean;
  bnFinal?: boolean;
  bnCont: boolean;
  bs: number;
  recipe: "v1" | "v2";
  metrics?: string[];
  seed: number;
}

/** Adds the options that say which table to learn from, and what. */
export function addDataOptions(command: Command): Command {
  const valids = ["validFraction", "validLast", "validFirst", "validColumn"];
  const valid = (flags: string, text: string) => {
    const option = new Option(flags, text);
    return option.conflicts(valids.filter((name) => name !== option.attributeName()));
  };
  const withData = command
    .optionsGroup("Data:")
    .option("--target <columns>", "what to predict (required); several columns separated by commas", nameList)
    .option("--cat <columns>", "columns to embed as categories", nameList)
    .option(
      "--cont <columns>",
      "columns to use as numbers (without --cat and --cont: fastai's rule)",
      nameList,
    )
    .option("--exclude <columns>", "columns that the rule leaves out", nameList)
    .option("--dates <columns>", "date columns to expand into Year, Month, Week, ...", nameList)
    .addOption(
      new Option("--task <task>", "default: by the target's type").choices([
        "regression",
        "classification",
        "multilabel",
      ]),
    )
    .option("--log-target", "learn the logarithm of the target")
    .addOption(
      valid("--valid-fraction <share>", "random rows to validate on (default: 0.2)").argParser(fraction),
    )
    .addOption(valid("--valid-last <rows>", "validate on the last rows").argParser(positiveInteger))
    .addOption(valid("--valid-first <rows>", "validate on the first rows").argParser(positiveInteger))
    .addOption(valid("--valid-column <column>", "validate on the rows where this column is true or 1"));
  return addReadOptions(withData);
}

/** Adds the options of the model and of how it learns. */
export function addModelOptions(command: Command): Command {
  return command
    .optionsGroup("Model:")
    .option("--layers <widths>", "hidden layers, or none", widthList, [200, 100])
    .option("--ps <probabilities>", "dropout after each hidden layer (default: 0)", probabilityList)
    .option("--emb-drop <probability>", "dropout on the embeddings", probability, 0)
    .option("--y-range <low,high>", "bounds of the prediction, logarithms with --log-target", range)
    .option("--no-bn", "no BatchNorm in the hidden layers")
    .option("--bn-final", "BatchNorm after the last layer")
    .option("--no-bn-cont", "no BatchNorm on the numbers")
    .optionsGroup("Training:")
    .option("--bs <rows>", "rows of a batch", batchSize, 64)
    .addOption(
      new Option("--recipe <version>", "whose habits: fastai 1 or 2").choices(["v1", "v2"]).default("v2"),
    )
    .option("--metrics <names>", "such as exp_rmspe,rmse (default: the task's usual one)", metricList)
    .option("--seed <number>", "of weights, order, dropout and random split", integer, 42);
}

export function addAdapterOption(command: Command): Command {
  command.addOption(
    new Option("--engine <kind>", "what runs WebGPU: a headless browser, or the npm package webgpu in Node")
      .choices(["auto", ...ENGINES])
      .default("auto")
      .env("TABGPU_ENGINE"),
  );
  return command.addOption(
    new Option("--adapter <kind>", "where WebGPU runs; auto takes software only where there is no GPU")
      .choices(["auto", "hardware", "software"])
      .default("auto")
      .env("TABGPU_ADAPTER"),
  );
}

/**
 * The options as the page takes them.
 *
 * @param path of the CSV file; the page knows it as `data/<its name>`
 * @throws {OptionError} without a target, for a column that `header` lacks (with names near it), and for options that
 * contradict each other.
 */
export function learnerSpec(path: string, header: readonly string[], flags: LearnerFlags): LearnerSpec {
  const { target, layers, ps } = flags;
  if (!target) {
    // Not a required option of commander's: a mistyped "--taget" would be reported as missing, not as mistyped.
    throw new OptionError(
      `--target is missing: name the column to predict. ${basename(path)} has ${listNames(header)}.`,
    );
  }
  checkColumns(basename(path), header, flags);
  if (ps && ps.length !== 1 && ps.length !== layers.length) {
    throw new OptionError(
      `--ps gives ${ps.length} dropout probabilities for ${layers.length} hidden layers (--layers ${layers.join(",") || "none"}). Give one for each, or a single one for all.`,
    );
  }
  return {
    data: { file: `data/${basename(path)}`, ...readSpec(flags) },
    tabular: {
      categorical: flags.cat,
      continuous: flags.cont,
      exclude: flags.exclude,
      dates: flags.dates,
      target,
      task: flags.task,
      logTarget: flags.logTarget,
      valid: validSplit(flags),
      recipe: flags.recipe,
      seed: flags.seed,
      lenient: flags.lenient,
    },
    model: {
      layers,
      ps: ps ?? 0,
      embDrop: flags.embDrop,
      yRange: flags.yRange ?? null,
      useBn: flags.bn,
      bnFinal: flags.bnFinal ?? false,
      bnCont: flags.bnCont,
    },
    metrics: flags.metrics ?? [],
    bs: flags.bs,
    recipe: flags.recipe,
    seed: flags.seed,
  };
}

function validSplit(flags: LearnerFlags): ValidSplit {
  if (flags.validLast !== undefined) return { last: flags.validLast };
  if (flags.validFirst !== undefined) return { first: flags.validFirst };
  if (flags.validColumn !== undefined) return { column: flags.validColumn };
  return { fraction: flags.validFraction ?? 0.2 };
}

/** Every column that an option names must be there; --cat and --cont may also name parts of a date. */
function checkColumns(file: string, header: readonly string[], flags: LearnerFlags): void {
  const check = (option: string, names: readonly string[] = [], also: readonly string[] = []) => {
    for (const name of names) {
      if (header.includes(name) || also.includes(name)) continue;
      throw new OptionError(
        `${option} names a column "${name}" that ${file} lacks. ${suggestNames(name, [...header, ...also])}`,
      );
    }
  };
  const parts = (flags.dates ?? []).flatMap((date) => datePartNames(defaultDatePrefix(date), false));
  check("--target", flags.target);
  check("--dates", flags.dates);
  check("--cat", flags.cat, parts);
  check("--cont", flags.cont, parts);
  check("--exclude", flags.exclude);
  checkTypes(file, header, flags);
  check("--valid-column", flags.validColumn === undefined ? [] : [flags.validColumn]);
}
