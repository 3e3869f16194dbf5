import { fileURLToPath } from "node:url";
import { EXIT, runCli } from "./run_cli.ts";

/** The program `tabgpu`. */

const controller = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);

/** The first Ctrl-C ends the work and closes the browser; the second one ends the process. */
function stop(): void {
  if (controller.signal.aborted) process.exit(EXIT.interrupted);
  process.stderr.write("\nstopping (Ctrl-C again to end at once)\n");
  controller.abort();
}

// `tabgpu inspect model | head` closes our stdout early; that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  bar: process.stderr.isTTY ? process.stderr : undefined,
  signal: controller.signal,
  pageModule: fileURLToPath(new URL("./page.js", import.meta.url)),
});
