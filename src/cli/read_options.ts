import type { Command } from "commander";
import { suggestNames } from "../data/suggest.ts";
import { OptionError } from "../errors.ts";
import { character, kindList, nameList } from "./option_values.ts";
import type { ReadSpec } from "./read_spec.ts";

export function addReadOptions(command: Command): Command {
  return command
    .option("--delimiter <character>", "between fields; default: found in the file", character)
    .option("--encoding <name>", "of the file, such as windows-1252; default: UTF-8")
    .option("--missing <texts>", "cells that mean unknown, besides blank, NA, NaN, null, ...", nameList)
    .option(
      "--types <column=kind,...>",
      "read columns as text, number, boolean or date, whatever they look like",
      kindList,
    )
    .option("--lenient", "fill gaps of numbers that had none in training with the training mean");
}

/** The flags without their neighbours. */
export function readSpec({ delimiter, encoding, missing, types, lenient }: ReadSpec): ReadSpec {
  return { delimiter, encoding, missing, types, lenient };
}

/** @throws {OptionError} for a column in --types that the file lacks */
export function checkTypes(file: string, header: readonly string[], { types = {} }: ReadSpec): void {
  const unknown = Object.keys(types).find((name) => !header.includes(name));
  if (unknown === undefined) return;
  throw new OptionError(
    `--types names a column "${unknown}" that ${file} lacks. ${suggestNames(unknown, header)}`,
  );
}
