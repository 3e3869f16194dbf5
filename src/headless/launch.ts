import type { Browser, BrowserType, Page } from "playwright-core";
import { DeviceError } from "../errors.ts";
import { type AdapterDescription, isSoftware } from "../gpu/device.ts";
import { type AdapterChoice, chromiumArgs, mayHaveGpu } from "./adapter.ts";
import { findChromium } from "./chromium.ts";

/** Flags of a display-less machine can make Chromium hang; after this many ms an attempt counts as failed. */
const HARDWARE_PATIENCE = 20_000;
const SOFTWARE_PATIENCE = 60_000;

export interface LaunchOptions {
  /** Default `auto`. */
  readonly adapter?: AdapterChoice;
  /** Path of the browser; default: what findChromium finds. */
  readonly executablePath?: string;
  /** A page that grants WebGPU: any on http://127.0.0.1 or http://localhost. */
  readonly url: string;
}

export interface Launched {
  readonly browser: Browser;
  readonly page: Page;
  readonly adapter: AdapterDescription;
}

/**
 * Starts a headless Chromium, opens `url` and makes sure that WebGPU works there: on the GPU if the machine has one,
 * else (with `auto`) in software. Whoever calls closes the browser.
 *
 * @throws {DeviceError} when Playwright or Chromium is not installed, or the browser gives no adapter of the kind
 * asked for.
 */
export async function launchChromium(options: LaunchOptions): Promise<Launched> {
  const choice = options.adapter ?? "auto";
  const executablePath = options.executablePath ?? findChromium();
  if (!executablePath) {
    throw new DeviceError(
      "No Chromium or Chrome found. Install one (npx playwright install chromium), or set TABGPU_CHROMIUM to its path.",
    );
  }
  const chromium = await loadPlaywright();
  if (choice === "hardware" || (choice === "auto" && mayHaveGpu())) {
    const launched = await attempt(chromium, executablePath, "hardware", options.url).catch((error) => {
      if (choice === "hardware") throw error;
      return null;
    });
    if (launched && (choice === "auto" || !isSoftware(launched.adapter))) return launched;
    if (launched) {
      await launched.browser.close();
      throw new DeviceError(
        `No GPU: ${executablePath} offers only a software adapter (${launched.adapter.architecture}). ` +
          "Use the software adapter (auto or software), or see that the GPU's Vulkan driver is installed.",
      );
    }
  }
  return attempt(chromium, executablePath, "software", options.url);
}

async function attempt(
  chromium: BrowserType,
  executablePath: string,
  adapter: "hardware" | "software",
  url: string,
): Promise<Launched> {
  const patience = adapter === "hardware" ? HARDWARE_PATIENCE : SOFTWARE_PATIENCE;
  const launchOptions = {
    executablePath,
    args: chromiumArgs(adapter),
    headless: true,
    timeout: patience,
    // Ctrl-C belongs to the caller, who stops the training and then closes the browser.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  };
  const browser = await chromium.launch(launchOptions).catch((error: Error) => {
    throw new DeviceError(
      `${executablePath} does not start as a headless Chromium: ${error.message.split("\n")[0]} ` +
        "Try it by hand, or set TABGPU_CHROMIUM to another Chromium or Chrome.",
    );
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    await page.goto(url, { timeout: patience });
    const info = await withPatience(page.evaluate(readAdapter), patience);
    if (info) return { browser, page, adapter: info };
    throw new DeviceError(
      `No WebGPU adapter: ${executablePath} (version ${browser.version()}) offers none with the ${adapter} flags. ` +
        'Chromium 113 or newer is needed; see README, "Where it runs".',
    );
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Runs in the page. */
async function readAdapter(): Promise<AdapterDescription | null> {
  const info = (await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }))?.info;
  if (!info) return null;
  const { vendor, architecture, device, description } = info;
  return { vendor, architecture, device, description, isFallbackAdapter: info.isFallbackAdapter ?? false };
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

/** Playwright is an optional peer dependency: only the command line and Node's headless runs need it. */
async function loadPlaywright(): Promise<BrowserType> {
  for (const load of [() => import("playwright-core"), () => import("playwright")]) {
    try {
      return (await load()).chromium;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    }
  }
  throw new DeviceError(
    "Headless runs need Playwright, which is not installed. Install it: npm install playwright-core",
  );
}
