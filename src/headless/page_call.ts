import { isAbsolute } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DeviceError } from "../errors.ts";
import { afterSignal } from "./cleanup.ts";
import type { ConsoleLine, DriverBrowser, DriverPage } from "./drivers/driver.ts";
import { errorFromPage, uncaughtError } from "./page_error.ts";
import { hostPage, type PageHost } from "./page_host.ts";
import {
  type ArgumentOf,
  EMIT,
  type EventOf,
  HOST,
  type PageFunction,
  type PageOutcome,
  type PageRequest,
  sendableCodec,
  type ValueOf,
} from "./page_protocol.ts";
import type { ServedFile, Server } from "./serve.ts";
import { faultsError } from "./webgpu_faults.ts";

/** How long, in ms, an aborted page may take to stop by itself before it is closed. */
const ABORT_PATIENCE = 5_000;

/** How long, in ms, an empty page may take to load. */
const LOAD_PATIENCE = 60_000;

/** How long, in ms, a page may be silent by default. */
const TIMEOUT = 120_000;

/** One call of a page's function. */
export interface PageCall<F extends PageFunction> {
  /** An ES module that the page can load: its name in the folder served, or the absolute path of a bundle. */
  readonly module: string;
  /** Name of the exported function to call. */
  readonly function: string;
  /** Its argument: JSON, NaN and ±Infinity, typed arrays. */
  readonly argument: ArgumentOf<F>;
  /** Paths of data files by the name under which the page finds them (`context.url(name)`). */
  readonly files?: Readonly<Record<string, string>>;
  /** Called for each event the function emits, in order. What it throws ends the call. */
  readonly onEvent?: (event: EventOf<F>) => void;
  /** Called for each line of the page's console. Default: printed to Node's. */
  readonly onConsole?: (line: ConsoleLine) => void;
  /** Aborts the function's signal; a page that does not stop within 5 s is closed. */
  readonly signal?: AbortSignal;
  /** Milliseconds the page may go without an event or a console line before it counts as hung; 0: for ever. Default 120,000. */
  readonly timeout?: number;
  /**
   * Whether a shader that does not compile, an error of WebGPU that nobody captures and an exception that nobody catches
   * fail the call. Default true: a kernel that never ran leaves zeros, and zeros can pass a test.
   */
  readonly strict?: boolean;
}

export interface PageResult<F extends PageFunction> {
  readonly value: ValueOf<F>;
  /** What the function uploaded, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Name under which a module that lies outside the folder is served. */
const MODULE = "__module.js";

/** Each call has an address of its own, over the folder's, so that its files and uploads do not meet another's. */
export const CALLS = /^__call\d+\//;

const codec = sendableCodec();

/** Opens a page, calls the function in it, and closes the page again, whatever happens. */
export async function callInPage<F extends PageFunction>(
  call: PageCall<F>,
  browser: DriverBrowser,
  server: Server,
  served: Map<string, ServedFile>,
  number: number,
): Promise<PageResult<F>> {
  call.signal?.throwIfAborted();
  const prefix = `__call${number}/`;
  const own = [...ownFiles(call)].map(([name, file]) => [prefix + name, file] as const);
  for (const [name, file] of own) served.set(name, file);
  const watch = new Watch(call);
  const missingBefore = server.missing.length;
  let page: DriverPage | undefined;
  try {
    page = await browser.open(server.url + prefix, watch, LOAD_PATIENCE);
    const outcome = await watch.race(page, run(page, call, watch));
    if (call.strict !== false) throwFaults(outcome, server);
    if (!outcome.ok) throw errorFromPage(outcome.failure);
    return { value: outcome.value as ValueOf<F>, files: takeUploads(server, prefix) };
  } catch (error) {
    await afterSignal();
    call.signal?.throwIfAborted();
    throw withMissing(error, server.missing.slice(missingBefore));
  } finally {
    watch.end();
    takeUploads(server, prefix);
    for (const [name] of own) served.delete(name);
    // A page in an endless loop may not answer; the browser's own close ends it then.
    if (page) await Promise.race([page.close(), sleep(ABORT_PATIENCE, undefined, { ref: false })]);
  }
}

/** A file that was not there explains many an error, and browsers do not name it. */
function withMissing(error: unknown, missing: readonly string[]): unknown {
  if (!(error instanceof Error) || missing.length === 0) return error;
  const note = `The page asked for what is not there: ${[...new Set(missing)].join(", ")}.`;
  if (error instanceof DOMException) return error; // its message cannot be changed
  const { message, stack } = error;
  error.message = `${message}\n${note}`;
  error.stack = stack?.replace(message, error.message);
  return error;
}

function ownFiles(call: PageCall<PageFunction>): Map<string, ServedFile> {
  return new Map<string, ServedFile>([
    ["", { body: hostPage(), type: "text/html; charset=utf-8" }],
    ...(isAbsolute(call.module) ? [[MODULE, { path: call.module }] as const] : []),
    ...Object.entries(call.files ?? {}).map(([name, path]): [string, ServedFile] => [name, { path }]),
  ]);
}

async function run(page: DriverPage, call: PageCall<PageFunction>, watch: Watch): Promise<PageOutcome> {
  await page.expose(EMIT, (text) => watch.onEvent(text));
  // Modules of the folder are loaded from the folder's own address, where their relative imports lead.
  const module = isAbsolute(call.module) ? MODULE : `../${call.module}`;
  const request: PageRequest = { module, function: call.function, argument: call.argument };
  const text = await page.evaluate(
    ({ host, request: r }) => (globalThis as unknown as Record<string, PageHost>)[host].call(r),
    { host: HOST, request: codec.encode(request) },
  );
  return codec.decode(text) as PageOutcome;
}

/** TabGPU's own errors tell of its shaders better than the fault does; any other error is only what follows from it. */
function throwFaults(outcome: PageOutcome, server: Server): void {
  if (!outcome.ok && outcome.failure.name === "DeviceError") return;
  const error = faultsError(outcome.faults, server.shaders);
  if (!error) return;
  if (!outcome.ok) error.cause = errorFromPage(outcome.failure);
  throw error;
}

function takeUploads(server: Server, prefix: string): Map<string, Uint8Array> {
  const taken = new Map<string, Uint8Array>();
  for (const [name, bytes] of [...server.uploads]) {
    if (!name.startsWith(prefix)) continue;
    taken.set(name.slice(prefix.length), bytes);
    server.uploads.delete(name);
  }
  return taken;
}

/** Everything that can end a call from outside: a lost page, silence, an abort, an exception of the caller's. */
class Watch {
  readonly #call: PageCall<PageFunction>;
  readonly #failed: Promise<never>;
  #fail: (reason: unknown) => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #page: DriverPage | undefined;

  constructor(call: PageCall<PageFunction>) {
    this.#call = call;
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#failed.catch(() => {}); // nobody may be waiting when the browser goes
  }

  onConsole = (line: ConsoleLine) => {
    this.#alive();
    if (this.#call.onConsole) this.#guard(() => this.#call.onConsole?.(line));
    else console[line.type === "warning" ? "warn" : line.type](line.text);
  };

  onError = (error: Error) => {
    if (this.#call.strict !== false) this.#fail(uncaughtError(error));
  };

  onLost = (reason: string) => this.#fail(new DeviceError(reason));

  /** Also told of addresses that change without leaving the page (history.pushState): then its host is still there. */
  onNavigated = async (url: string) => {
    const isHere = (name: string) =>
      (globalThis as unknown as Record<string, PageHost | undefined>)[name]?.isBusy === true;
    const here = await this.#page?.evaluate(isHere, HOST).catch(() => false);
    // The address holds the server's token, which is no help to a reader.
    if (!here) this.#fail(new DeviceError(`The page went to ${url} while ${this.#what} was running in it.`));
  };

  onEvent(text: string): void {
    this.#alive();
    this.#guard(() => this.#call.onEvent?.(codec.decode(text) as never));
  }

  async race(page: DriverPage, running: Promise<PageOutcome>): Promise<PageOutcome> {
    this.#page = page;
    this.#alive();
    const { signal } = this.#call;
    signal?.addEventListener("abort", this.#abort, { once: true });
    if (signal?.aborted) this.#abort();
    // A page that goes away makes the call fail too; why it went, which is heard of a moment later, says more.
    const patient = running.catch(async (error) => {
      await sleep(500);
      throw error;
    });
    patient.catch(() => {}); // whoever loses the race must not end Node with an unhandled rejection
    return Promise.race([patient, this.#failed]);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#call.signal?.removeEventListener("abort", this.#abort);
  }

  get #what(): string {
    return `${this.#call.function} of ${this.#call.module}`;
  }

  #alive(): void {
    clearTimeout(this.#timer);
    const ms = this.#call.timeout ?? TIMEOUT;
    if (ms === 0) return;
    this.#timer = setTimeout(() => {
      const silence = `${this.#what} has neither ended nor said anything for ${ms / 1000} s, so its page was closed.`;
      this.#fail(new DeviceError(`${silence} Give the call a longer timeout if it needs one.`));
    }, ms);
  }

  /** The caller's own fault must end the call, not vanish in an event. */
  #guard(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#fail(error);
    }
  }

  #abort = () => {
    const abort = (host: string) => (globalThis as unknown as Record<string, PageHost>)[host].abort();
    this.#page?.evaluate(abort, HOST).catch(() => {});
    sleep(ABORT_PATIENCE, undefined, { ref: false }).then(() => this.#fail(this.#call.signal?.reason));
  };
}
