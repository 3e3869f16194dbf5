import { Command, CommanderError } from "commander";
import { OptionError, TabgpuError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { addDoctorCommand } from "./doctor.ts";
import { inFlags } from "./flag_words.ts";
import { addInspectCommand } from "./inspect.ts";
import { addLrFindCommand } from "./lr_find.ts";
import { addPredictCommand } from "./predict.ts";
import { addSampleCommand } from "./sample.ts";
import type { Terminal } from "./terminal.ts";
import { addTrainCommand } from "./train.ts";

/** What the process ends with, for scripts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/**
 * Runs a command line.
 *
 * @param words without node and the script
 * @returns the exit code: 0; 1 where data, model or device are at fault; 2 where the command line is; 130 after Ctrl-C.
 */
export async function runCli(words: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command("tabgpu");
  program
    .description("Train and run fastai's tabular model on WebGPU")
    .version(VERSION)
    .helpCommand(false)
    .showHelpAfterError("(add --help for the options)")
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 data, model or device at fault, 2 wrong usage, 130 interrupted.",
    );
  // Subcommands inherit these only if they are set before the commands are added.
  program.exitOverride().configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  addTrainCommand(program, terminal);
  addPredictCommand(program, terminal);
  addInspectCommand(program, terminal);
  addLrFindCommand(program, terminal);
  addSampleCommand(program, terminal);
  addDoctorCommand(program, terminal);
  try {
    await program.parseAsync([...words], { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (terminal.signal.aborted) {
      terminal.err("interrupted\n");
      return EXIT.interrupted;
    }
    terminal.err(`error: ${messageOf(error)}\n`);
    return error instanceof OptionError ? EXIT.usage : EXIT.failed;
  }
}

/** Errors made for people come without a stack; a fault of ours brings everything that helps to find it. */
function messageOf(error: unknown): string {
  if (error instanceof TabgpuError) return inFlags(error.message);
  if (error instanceof Error)
    return (error as NodeJS.ErrnoException).code ? error.message : (error.stack ?? error.message);
  return String(error);
}
