import { setTimeout as sleep } from "node:timers/promises";
import { DeviceError } from "../errors.ts";
import type { AdapterDescription } from "../gpu/device.ts";
import type { AdapterChoice } from "./adapter.ts";
import { type Launched, launchChromium } from "./launch.ts";
import { errorFromPage } from "./page_error.ts";
import { hostInPage } from "./page_host.ts";
import { ABORT, EMIT, IMPORT } from "./page_protocol.ts";
import { type ServedFile, type Server, serve } from "./serve.ts";

/** How long, in ms, an aborted page may take to stop by itself before its browser is closed under it. */
const ABORT_PATIENCE = 5_000;

export interface PageJob<Argument, Event> {
  /** Path of an ES module without imports (a bundle). */
  readonly module: string;
  /** Name of the exported PageFunction to call. */
  readonly function: string;
  /** JSON. */
  readonly argument: Argument;
  /** Paths of data files by the name under which the page finds them. */
  readonly files?: Readonly<Record<string, string>>;
  /** Called for each event the page emits, in order. */
  readonly onEvent?: (event: Event) => void;
  /** Called once the page has its adapter, before the function runs. */
  readonly onAdapter?: (adapter: AdapterDescription) => void;
  /** Called with warnings and errors of the page's console: WebGPU reports its validation errors there. */
  readonly onWarning?: (text: string) => void;
  /** Aborts the page's signal; a page that does not stop within 5 s is closed. */
  readonly signal?: AbortSignal;
  readonly adapter?: AdapterChoice;
  readonly executablePath?: string;
}

export interface PageResult<Value> {
  readonly value: Value;
  /** What the page uploaded, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly adapter: AdapterDescription;
}

/**
 * Calls a function inside a page of a headless Chromium with WebGPU and closes the browser and the server again,
 * whatever happens.
 *
 * @throws what the page's function throws, TabGPU's errors with their class; an AbortError after `signal`; a
 * DeviceError when the browser is not installed, gives no adapter, or the page crashes.
 */
export async function runInPage<Argument, Event, Value>(
  job: PageJob<Argument, Event>,
): Promise<PageResult<Value>> {
  job.signal?.throwIfAborted();
  const server = await serve(servedFiles(job));
  let launched: Launched | undefined;
  try {
    launched = await launchChromium({ ...job, url: server.url });
    job.signal?.throwIfAborted();
    job.onAdapter?.(launched.adapter);
    const value = await callPage<Argument, Event, Value>(job, launched);
    return { value, files: server.uploads, adapter: launched.adapter };
  } finally {
    await close(launched, server);
  }
}

const MODULE = "page.js";

/** `import` is written here because a bundler rewrites it inside functions, and then they no longer serialise. */
const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>TabGPU</title>
<script>globalThis.${IMPORT} = (url) => import(url);</script>`;

function servedFiles(job: PageJob<unknown, never>): Map<string, ServedFile> {
  return new Map<string, ServedFile>([
    ["", { body: PAGE, type: "text/html; charset=utf-8" }],
    [MODULE, { path: job.module }],
    ...Object.entries(job.files ?? {}).map(([name, path]): [string, ServedFile] => [name, { path }]),
  ]);
}

async function callPage<Argument, Event, Value>(
  job: PageJob<Argument, Event>,
  { page, browser }: Launched,
): Promise<Value> {
  page.on("console", (message) => {
    if (message.type() === "warning" || message.type() === "error") job.onWarning?.(message.text());
  });
  let fail: (reason: unknown) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    fail = reject;
    page.once("crash", () => reject(new DeviceError("The page crashed, most likely for want of memory.")));
    browser.once("disconnected", () => reject(new DeviceError("The browser ended unexpectedly.")));
  });
  await page.exposeFunction(EMIT, (event: Event) => {
    try {
      job.onEvent?.(event);
    } catch (error) {
      fail(error); // the caller's own fault must end the run, not vanish in the page
    }
  });
  const call = page.evaluate(hostInPage, {
    module: MODULE,
    function: job.function,
    argument: job.argument as unknown,
    emit: EMIT,
    abort: ABORT,
    import: IMPORT,
  } as const);
  // Whoever loses the race below must not end Node with an unhandled rejection when the browser closes.
  for (const loser of [lost, call]) loser.catch(() => {});
  const aborted = abortOf(job.signal, () =>
    page.evaluate((abort) => (globalThis as unknown as Record<string, () => void>)[abort]?.(), ABORT),
  );
  try {
    const outcome = await Promise.race([call, lost, aborted.promise]);
    if (!outcome.ok) throw errorFromPage(outcome.failure);
    return outcome.value as Value;
  } finally {
    aborted.forget();
  }
}

/** Passes an abort on to the page; the promise rejects if the page has not ended some seconds later. */
function abortOf(signal: AbortSignal | undefined, tellPage: () => Promise<unknown>) {
  let onAbort = () => {};
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => {
      tellPage().catch(() => {});
      sleep(ABORT_PATIENCE, undefined, { ref: false }).then(() => reject(signal?.reason));
    };
  });
  promise.catch(() => {});
  signal?.addEventListener("abort", onAbort, { once: true });
  return { promise, forget: () => signal?.removeEventListener("abort", onAbort) };
}

async function close(launched: Launched | undefined, server: Server): Promise<void> {
  // The browser may be gone already (crash); then there is nothing left to close.
  await launched?.browser.close().catch(() => {});
  await server.close();
}
