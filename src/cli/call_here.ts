import { openAsBlob } from "node:fs";
import { pathToFileURL } from "node:url";
import { OptionError } from "../errors.ts";
import { errorFromPage } from "../headless/page_error.ts";
import type { PageContext, PageFunction } from "../headless/page_protocol.ts";
import type { Job } from "./job.ts";

/** Calls a function of the page module in this process, as a page would call it, with WebGPU handed in. */
export async function callHere<F extends PageFunction>(
  job: Job<F>,
  gpu: GPU,
): Promise<{ value: Awaited<ReturnType<F>>; files: Map<string, Uint8Array> }> {
  const addresses = new Map<string, string>();
  for (const [name, path] of Object.entries(job.files)) {
    addresses.set(name, URL.createObjectURL(await openAsBlob(path)));
  }
  const files = new Map<string, Uint8Array>();
  const context: PageContext<unknown> = {
    gpu,
    url(name) {
      const address = addresses.get(name);
      if (address === undefined)
        throw new OptionError(`There is no file "${name}"; hand it in as files: { … }.`);
      return new URL(address);
    },
    emit: (event) => job.onEvent(event as never),
    signal: job.signal,
    upload: async (name, bytes) => void files.set(name, bytes),
  };
  try {
    const module = (await import(pathToFileURL(job.module).href)) as Record<string, PageFunction>;
    const value = (await module[job.function](job.argument, context)) as Awaited<ReturnType<F>>;
    return { value, files };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // The module is a bundle with error classes of its own, which `instanceof` here does not know.
    const { name, message, stack = "" } = error;
    throw errorFromPage({ name, message, stack });
  } finally {
    for (const address of addresses.values()) URL.revokeObjectURL(address);
  }
}
