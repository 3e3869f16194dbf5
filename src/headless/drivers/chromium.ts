import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserType, Page } from "playwright-core";
import { DeviceError } from "../../errors.ts";
import { chromiumArgs } from "../adapter.ts";
import { onExit } from "../cleanup.ts";
import type { ConsoleLine, DriverBrowser, DriverLaunch, DriverPage, PageEvents } from "./driver.ts";

/** Processes that are ending may still write. */
const REMOVE = { recursive: true, force: true, maxRetries: 10 };

/**
 * Starts Chromium, Chrome or Edge in its new headless mode through Playwright.
 * @throws {DeviceError} where Playwright is not installed, or the browser does not start
 */
export async function launchChromium(options: DriverLaunch): Promise<DriverBrowser> {
  const chromium = await loadPlaywright();
  const { executablePath, adapter, args, timeout } = options;
  // Killed, Chromium leaves a socket in the temporary folder; so it gets one of its own.
  const temporary = mkdtempSync(join(tmpdir(), "tabgpu-chromium-"));
  const remove = () => rm(temporary, REMOVE);
  const launchOptions = {
    executablePath,
    args: [...chromiumArgs(adapter), ...args],
    env: { ...(process.env as Record<string, string>), TMPDIR: temporary },
    headless: true,
    timeout,
    // Signals are handled in one place, cleanup.ts.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  };
  const browser = await chromium.launch(launchOptions).catch(async (error: Error) => {
    await remove();
    throw new DeviceError(
      `${executablePath} does not start as a headless Chromium: ${error.message.split("\n")[0]} ` +
        "Try it by hand, or name another (executablePath, TABGPU_CHROMIUM).",
    );
  });
  // Playwright's own listener, registered before this one, has killed the browser by then.
  const forget = onExit(() => rmSync(temporary, REMOVE));
  let closing = false;
  return {
    version: `Chromium ${browser.version()}`,
    driver: null,
    native: browser,
    open: (url, events, patience) => open(browser, url, events, patience, () => closing),
    close: async () => {
      closing = true;
      await browser.close().catch(() => {}); // it may be gone already; then there is nothing left to close
      await remove();
      forget();
    },
  };
}

async function open(
  browser: Browser,
  url: string,
  events: Partial<PageEvents>,
  timeout: number,
  isClosing: () => boolean,
): Promise<DriverPage> {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  listen(page, browser, events, isClosing);
  try {
    await page.goto(url, { timeout });
  } catch (error) {
    await page.close().catch(() => {});
    throw error;
  }
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame()) events.onNavigated?.(frame.url());
  });
  return {
    native: page,
    evaluate: (fn, argument) => page.evaluate(fn as never, argument) as Promise<never>,
    expose: async (name, fn) => void (await page.exposeFunction(name, fn)),
    close: () => page.close().catch(() => {}),
  };
}

const TYPES: Record<string, ConsoleLine["type"]> = {
  debug: "debug",
  info: "info",
  warning: "warning",
  error: "error",
  assert: "error",
};

function listen(page: Page, browser: Browser, events: Partial<PageEvents>, isClosing: () => boolean): void {
  page.on("console", (message) => {
    events.onConsole?.({ type: TYPES[message.type()] ?? "log", text: message.text() });
  });
  page.on("pageerror", (error) => events.onError?.(error));
  page.once("crash", () => events.onLost?.("The page crashed, most likely for want of memory."));
  browser.once("disconnected", () => {
    if (!isClosing()) events.onLost?.("The browser ended unexpectedly.");
  });
}

/** Playwright is an optional peer dependency: only headless runs need it. */
async function loadPlaywright(): Promise<BrowserType> {
  for (const load of [() => import("playwright-core"), () => import("playwright")]) {
    try {
      return (await load()).chromium;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    }
  }
  throw new DeviceError(
    "Headless Chromium is driven by Playwright, which is not installed. Install it: npm install playwright-core",
  );
}
