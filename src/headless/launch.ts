import { existsSync } from "node:fs";
import { DeviceError, OptionError } from "../errors.ts";
import { type AdapterChoice, mayHaveGpu } from "./adapter.ts";
import { adapterReport, readAdapter } from "./adapter_report.ts";
import { afterSignal, onSignal } from "./cleanup.ts";
import { launchChromium } from "./drivers/chromium.ts";
import type { AdapterReport, BrowserName, DriverBrowser, DriverPage, PageEvents } from "./drivers/driver.ts";
import { firefoxDrivers, launchFirefox } from "./drivers/firefox.ts";
import { findBrowser } from "./find_browser.ts";
import { installBrowser } from "./install.ts";
import { CALLS, callInPage, type PageCall, type PageResult } from "./page_call.ts";
import { hostPage } from "./page_host.ts";
import type { PageFunction } from "./page_protocol.ts";
import { type ServedFile, type Server, serve } from "./serve.ts";

/** Flags of a display-less machine can make a browser hang; after this many ms an attempt counts as failed. */
const HARDWARE_PATIENCE = 20_000;
const SOFTWARE_PATIENCE = 60_000;

export interface HeadlessOptions {
  /** Default `chromium`: Chromium, Chrome or Edge. */
  readonly browser?: BrowserName;
  /** Default `auto`: the GPU if there is one, else the CPU. */
  readonly adapter?: AdapterChoice;
  /** A folder to serve: modules and data are named relative to it. */
  readonly folder?: string;
  /** Whether pages are `crossOriginIsolated` (SharedArrayBuffer). Default false. */
  readonly crossOriginIsolated?: boolean;
  /** Of the local server. Default: any free one. */
  readonly port?: number;
  /** Path of the browser. Default: found in the usual places. */
  readonly executablePath?: string;
  /** Whether to install the browser where none is found. Default: only where the environment variable CI is set. */
  readonly install?: boolean;
  /**
   * Firefox on Linux: the Vulkan driver of its software adapter, "SwiftShader", "lavapipe" or the path of an ICD file.
   * Default: TABGPU_VULKAN_DRIVER, else the first that works.
   */
  readonly vulkanDriver?: string;
  /** Further command-line arguments of the browser. */
  readonly args?: readonly string[];
  /** Closes everything when it aborts. */
  readonly signal?: AbortSignal;
  /** Whether Ctrl-C, SIGTERM and SIGHUP close everything. Default true; false for programs that do it themselves. */
  readonly handleSignals?: boolean;
}

/** A running headless browser with WebGPU. */
export interface Headless {
  readonly browser: { readonly name: BrowserName; readonly version: string; readonly path: string };
  readonly adapter: AdapterReport;
  /** Where the folder is served; ends with a slash. */
  readonly url: string;
  /**
   * Calls a function of a module in a page of its own.
   * @throws what the function throws, by name and message; {DeviceError} where a shader does not compile, WebGPU reports
   *   an error that nobody handles, or the page crashes, hangs or goes away; an AbortError after `signal`
   */
  call<F extends PageFunction>(call: PageCall<F>): Promise<PageResult<F>>;
  /** Opens any page, e.g. `new URL("index.html", run.url)`; `native` is Playwright's or Puppeteer's page. */
  open(url: string | URL, events?: Partial<PageEvents>): Promise<DriverPage>;
  /** Ends the browser and the server, whatever state they are in. */
  close(): Promise<void>;
}

/**
 * Starts a headless browser with WebGPU on the kind of adapter asked for, and a server on localhost for its pages.
 * Whoever calls closes it; it also closes when the process ends or is interrupted.
 *
 * @throws {DeviceError} when the browser or the library that drives it is not installed, or when the browser gives no
 *   adapter of the kind asked for: hardware wanted and software found is an error.
 * @throws {OptionError} for options that cannot be met: a port in use, a folder or a browser's path that is not there.
 */
export async function launchHeadless(options: HeadlessOptions = {}): Promise<Headless> {
  const { browser: name = "chromium", adapter: choice = "auto", signal } = options;
  if (name !== "chromium" && name !== "firefox")
    throw new OptionError(`browser is ${JSON.stringify(name)}; it must be "chromium" or "firefox".`);
  if (choice !== "auto" && choice !== "hardware" && choice !== "software") {
    throw new OptionError(
      `adapter is ${JSON.stringify(choice)}; it must be "auto", "hardware" or "software".`,
    );
  }
  checkKeys(options);
  signal?.throwIfAborted();
  const path = await pathOf(name, options);
  const files = new Map<string, ServedFile>([
    [PROBE, { body: hostPage(), type: "text/html; charset=utf-8" }],
  ]);
  const { folder, crossOriginIsolated, port } = options;
  const server = await serve({ files, folder, overlay: CALLS, crossOriginIsolated, port });
  let started: Started | undefined;
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= (async () => {
      forgetSignals();
      signal?.removeEventListener("abort", close);
      await started?.browser.close();
      await server.close();
    })();
    return closed;
  };
  const forgetSignals = options.handleSignals === false ? () => {} : onSignal(close);
  signal?.addEventListener("abort", close);
  try {
    started = await start(name, choice, {
      path,
      args: options.args ?? [],
      vulkanDriver: options.vulkanDriver,
      url: server.url + PROBE,
    });
    if (closed !== undefined) await started.browser.close(); // closed while the browser was starting
    signal?.throwIfAborted();
    return new RunningHeadless(name, path, started, server, files, close);
  } catch (error) {
    await close();
    await afterSignal();
    throw error;
  }
}

const KEYS = {
  browser: true,
  adapter: true,
  folder: true,
  crossOriginIsolated: true,
  port: true,
  executablePath: true,
  install: true,
  vulkanDriver: true,
  args: true,
  signal: true,
  handleSignals: true,
} satisfies Record<keyof HeadlessOptions, true>;

/** A misspelt option would otherwise start another browser than the one meant. */
function checkKeys(options: HeadlessOptions): void {
  const unknown = Object.keys(options).find((key) => !(key in KEYS));
  if (unknown === undefined) return;
  throw new OptionError(`There is no option "${unknown}"; there are ${Object.keys(KEYS).join(", ")}.`);
}

/** Name of the page in which the adapter is looked at. */
const PROBE = "__tabgpu";

interface Started {
  readonly browser: DriverBrowser;
  readonly adapter: AdapterReport;
}

class RunningHeadless implements Headless {
  readonly browser: Headless["browser"];
  readonly adapter: AdapterReport;
  readonly close: () => Promise<void>;
  readonly #driver: DriverBrowser;
  readonly #server: Server;
  readonly #files: Map<string, ServedFile>;
  #calls = 0;

  constructor(
    name: BrowserName,
    path: string,
    { browser, adapter }: Started,
    server: Server,
    files: Map<string, ServedFile>,
    close: () => Promise<void>,
  ) {
    this.browser = { name, version: browser.version, path };
    this.adapter = adapter;
    this.close = close;
    this.#driver = browser;
    this.#server = server;
    this.#files = files;
  }

  get url(): string {
    return this.#server.url;
  }

  call<F extends PageFunction>(call: PageCall<F>): Promise<PageResult<F>> {
    return callInPage(call, this.#driver, this.#server, this.#files, ++this.#calls);
  }

  open(url: string | URL, events: Partial<PageEvents> = {}): Promise<DriverPage> {
    return this.#driver.open(String(url), events, SOFTWARE_PATIENCE);
  }
}

async function pathOf(name: BrowserName, options: HeadlessOptions): Promise<string> {
  const { executablePath } = options;
  if (executablePath !== undefined && !existsSync(executablePath))
    throw new OptionError(`executablePath is "${executablePath}", but no such file exists.`);
  const found = executablePath ?? findBrowser(name);
  if (found) return found;
  const install = options.install ?? Boolean(process.env.CI);
  const installed = install ? await installBrowser(name) : undefined;
  if (installed) return installed;
  throw new DeviceError(
    name === "firefox"
      ? "No Firefox found. Install one (npx @puppeteer/browsers install firefox@stable --path ~/.cache/puppeteer, or your " +
          "system's package), or set TABGPU_FIREFOX to its path."
      : "No Chromium or Chrome found. Install one (npx playwright-core install --no-shell chromium), or set TABGPU_CHROMIUM to its path.",
  );
}

interface Start {
  readonly path: string;
  readonly args: readonly string[];
  readonly vulkanDriver: string | undefined;
  /** A page that grants WebGPU. */
  readonly url: string;
}

/** Starts the browser on the adapter asked for; with `auto`, on the GPU if the machine has one and it works. */
async function start(name: BrowserName, choice: AdapterChoice, how: Start): Promise<Started> {
  if (choice === "hardware" || (choice === "auto" && mayHaveGpu())) {
    const started = await attempts(name, "hardware", how).catch((error) => {
      if (choice === "hardware") throw error;
      return null;
    });
    if (started && (choice === "auto" || !started.adapter.software)) return started;
    if (started) {
      await started.browser.close();
      const { architecture, description } = started.adapter;
      throw new DeviceError(
        `No GPU: ${how.path} offers only a software adapter (${description || architecture || "unnamed"}). ` +
          "Use the software adapter (auto or software), or see that the GPU's Vulkan driver is installed.",
      );
    }
  }
  const started = await attempts(name, "software", how);
  if (started.adapter.software || choice === "auto") return started;
  await started.browser.close();
  throw new DeviceError(
    `A software adapter was asked for, but ${how.path} offers ${started.adapter.vendor} ${started.adapter.architecture}. ` +
      "Firefox has one on Linux only; use Chromium here.",
  );
}

async function attempts(name: BrowserName, adapter: "hardware" | "software", how: Start): Promise<Started> {
  if (name === "chromium") return attempt(name, adapter, how, (launch) => launchChromium(launch));
  const failures: string[] = [];
  for (const driver of firefoxDrivers(adapter, how.vulkanDriver)) {
    try {
      return await attempt(name, adapter, how, (launch) => launchFirefox(launch, driver));
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      failures.push(driver ? `${driver.name}: ${error.message}` : error.message);
    }
  }
  throw new DeviceError(failures.join("\n"));
}

async function attempt(
  name: BrowserName,
  adapter: "hardware" | "software",
  { path, args, url }: Start,
  launch: (options: Parameters<typeof launchChromium>[0]) => Promise<DriverBrowser>,
): Promise<Started> {
  const timeout = adapter === "hardware" ? HARDWARE_PATIENCE : SOFTWARE_PATIENCE;
  const browser = await launch({ executablePath: path, adapter, args, timeout });
  try {
    const page = await browser.open(url, {}, timeout);
    const read = await withPatience(page.evaluate(readAdapter, null), timeout);
    await page.close();
    if (read) return { browser, adapter: adapterReport(read, browser.driver) };
    throw new DeviceError(noAdapter(name, adapter, `${path} (${browser.version})`));
  } catch (error) {
    await browser.close();
    throw error;
  }
}

function noAdapter(name: BrowserName, adapter: "hardware" | "software", browser: string): string {
  const more = 'See docs/headless.md, "When there is no adapter".';
  if (adapter === "hardware") {
    return (
      `No GPU: ${browser} offers no adapter with the hardware settings. See that the GPU's driver is installed (on Linux ` +
      `the one for Vulkan), or take the software adapter (auto or software). ${more}`
    );
  }
  const needed = name === "firefox" ? "Firefox 141" : "Chromium 113";
  return `No WebGPU adapter: ${browser} offers none in software. ${needed} or newer is needed. ${more}`;
}

function withPatience<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DeviceError(`The browser gave no WebGPU adapter within ${ms / 1000} s.`)),
      ms,
    );
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
