import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { DeviceError } from "../../errors.ts";
import { onExit } from "../cleanup.ts";
import { softwareDrivers, type VulkanDriver } from "../vulkan.ts";
import type { ConsoleLine, DriverBrowser, DriverLaunch, DriverPage, PageEvents } from "./driver.ts";

/** WebGPU is behind these on Linux; elsewhere they are on already, or do no harm. */
const PREFERENCES = {
  "dom.webgpu.enabled": true,
  "dom.webgpu.workers.enabled": true,
  "gfx.webgpu.ignore-blocklist": true,
  // No page but ours: no updates, no start pages, no telemetry.
  "app.update.enabled": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  // A script that computes for long is a test at work, not a fault.
  "dom.max_script_run_time": 0,
};

/**
 * The Vulkan drivers to try, one launch each, until an adapter is found; undefined is the system's own choice. Firefox
 * has no software adapter of its own: on Linux it takes one from a Vulkan driver that computes on the CPU.
 *
 * @throws {DeviceError} for a software adapter where there is none to be had
 */
export function firefoxDrivers(
  adapter: "hardware" | "software",
  wanted?: string,
): (VulkanDriver | undefined)[] {
  if (adapter === "hardware" || process.platform !== "linux") return [undefined];
  // Firefox's shaders take lavapipe's compiler ten times as long as SwiftShader's; its own speed seldom makes up for it.
  const drivers = softwareDrivers(wanted).sort((a, b) => b.name.localeCompare(a.name));
  if (drivers.length > 0) return drivers;
  throw new DeviceError(
    "Firefox needs a Vulkan driver for a software adapter, and none is installed. Install lavapipe (Debian: " +
      "apt-get install libvulkan1 mesa-vulkan-drivers) or Chromium, which brings SwiftShader.",
  );
}

/**
 * Starts Firefox through Puppeteer (WebDriver BiDi).
 * @param driver the Vulkan driver it is to use, Linux only
 * @throws {DeviceError} where Puppeteer is not installed, or the browser does not start
 */
export async function launchFirefox(
  options: DriverLaunch,
  driver: VulkanDriver | undefined,
): Promise<DriverBrowser> {
  const { executablePath, args, timeout } = options;
  const puppeteer = await loadPuppeteer();
  // Puppeteer's own profile folder would stay behind when Node exits by itself.
  const userDataDir = mkdtempSync(join(tmpdir(), "tabgpu-firefox-"));
  const remove = () => rm(userDataDir, { recursive: true, force: true, maxRetries: 10 });
  const vulkan = driver && { VK_ICD_FILENAMES: driver.icd, VK_DRIVER_FILES: driver.icd };
  const launch = puppeteer.launch({
    browser: "firefox",
    executablePath,
    headless: true,
    args: [...args],
    env: { ...process.env, ...vulkan, MOZ_CRASHREPORTER_DISABLE: "1" },
    extraPrefsFirefox: PREFERENCES,
    userDataDir,
    timeout,
    protocolTimeout: 0,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const browser = await launch.catch(async (error: Error) => {
    await remove();
    throw new DeviceError(
      `${executablePath} does not start as a headless Firefox: ${error.message.split("\n")[0]} ` +
        "Try it by hand, or name another (executablePath, TABGPU_FIREFOX).",
    );
  });
  const process_ = browser.process();
  const forget = onExit(() => {
    process_?.kill("SIGKILL");
    rmSync(userDataDir, { recursive: true, force: true, maxRetries: 10 });
  });
  let closing = false;
  return {
    version: (await browser.version()).replace(/^firefox\//i, "Firefox "),
    driver: driver?.name ?? null,
    native: browser,
    open: (url, events, patience) => open(browser, url, events, patience, () => closing),
    close: async () => {
      closing = true;
      await closeFirefox(browser);
      await remove();
      forget();
    },
  };
}

/** Firefox is asked to end; one that hangs is killed. */
async function closeFirefox(browser: Browser): Promise<void> {
  const process_ = browser.process();
  if (!process_ || process_.exitCode !== null || process_.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    process_.once("exit", () => resolve());
  });
  const late = setTimeout(() => process_.kill("SIGKILL"), 5_000);
  await browser.close().catch(() => process_.kill("SIGKILL"));
  await ended;
  clearTimeout(late);
}

async function open(
  browser: Browser,
  url: string,
  events: Partial<PageEvents>,
  timeout: number,
  isBrowserClosing: () => boolean,
): Promise<DriverPage> {
  const page = await newPage(browser, timeout);
  page.setDefaultTimeout(0);
  let closing = false;
  listen(page, browser, events, () => closing || isBrowserClosing());
  const close = async () => {
    closing = true;
    if (browser.connected) await page.close().catch(() => {});
  };
  try {
    await page.goto(url, { timeout });
  } catch (error) {
    await close();
    throw error;
  }
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame()) events.onNavigated?.(frame.url());
  });
  return {
    native: page,
    evaluate: (fn, argument) => page.evaluate(fn as never, argument as never) as Promise<never>,
    expose: (name, fn) => page.exposeFunction(name, fn),
    close,
  };
}

/** A Firefox whose GPU process is in an endless shader never answers. */
function newPage(browser: Browser, timeout: number): Promise<Page> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    const message =
      `Firefox opened no page within ${timeout / 1000} s. A shader of an earlier call may still be running: ` +
      "close the browser and launch another.";
    timer = setTimeout(() => reject(new DeviceError(message)), timeout);
  });
  return Promise.race([browser.newPage(), late]).finally(() => clearTimeout(timer));
}

const TYPES: Record<string, ConsoleLine["type"]> = {
  debug: "debug",
  info: "info",
  warn: "warning",
  warning: "warning",
  error: "error",
  assert: "error",
};

function listen(page: Page, browser: Browser, events: Partial<PageEvents>, isClosing: () => boolean): void {
  page.on("console", (message) => {
    events.onConsole?.({ type: TYPES[message.type()] ?? "log", text: message.text() });
  });
  page.on("pageerror", (error) => events.onError?.(error as Error));
  page.once("error", () => events.onLost?.("The page crashed, most likely for want of memory."));
  page.once("close", () => {
    if (!isClosing()) events.onLost?.("The page was closed from outside, or its process ended.");
  });
  browser.once("disconnected", () => {
    if (!isClosing()) events.onLost?.("The browser ended unexpectedly.");
  });
}

/** Puppeteer is an optional peer dependency: only headless runs in Firefox need it. */
async function loadPuppeteer(): Promise<typeof import("puppeteer-core")["default"]> {
  try {
    return (await import("puppeteer-core")).default;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
  }
  throw new DeviceError(
    "Headless Firefox is driven by Puppeteer, which is not installed. Install it: npm install puppeteer-core",
  );
}
