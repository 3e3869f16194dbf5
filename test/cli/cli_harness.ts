import { runCli } from "../../src/cli/run_cli.ts";

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process and catches what it prints. Without a page module no training can start. */
export async function cli(
  words: readonly string[],
  options: { pageModule?: string; signal?: AbortSignal; onOut?: (text: string) => void } = {},
): Promise<CliRun> {
  let out = "";
  let err = "";
  const code = await runCli(words, {
    out: (text) => {
      out += text;
      options.onOut?.(text);
    },
    err: (text) => {
      err += text;
    },
    bar: undefined,
    signal: options.signal ?? new AbortController().signal,
    pageModule: options.pageModule ?? "/there/is/no/page.js",
  });
  return { code, out, err };
}
