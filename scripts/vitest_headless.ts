import { defineBrowserProvider } from "@vitest/browser";
import type { BrowserProvider } from "vitest/node";
import type { DriverPage } from "../src/headless/drivers/driver.ts";
import { adapterLine, type Headless, type HeadlessOptions, launchHeadless } from "../src/headless/index.ts";

/**
 * Lets vitest's browser mode run in a browser that tabgpu/headless starts: full Chromium by Playwright, Firefox by
 * Puppeteer, with WebGPU on the adapter asked for. A browser without it fails the run before the first test.
 */
export function headless(options: HeadlessOptions) {
  return defineBrowserProvider({
    name: "tabgpu-headless",
    options,
    providerFactory: () => new HeadlessProvider(options),
  });
}

class HeadlessProvider implements BrowserProvider {
  readonly name = "tabgpu-headless";
  readonly supportsParallelism = false; // a software adapter has no spare device to give
  readonly #options: HeadlessOptions;
  readonly #pages = new Map<string, DriverPage>();
  #run: Promise<Headless> | undefined;

  constructor(options: HeadlessOptions) {
    this.#options = options;
  }

  getCommandsContext(): Record<string, unknown> {
    return {}; // the tests click on nothing
  }

  async openPage(sessionId: string, url: string): Promise<void> {
    this.#run ??= this.#launch();
    const run = await this.#run;
    await this.#pages.get(sessionId)?.close();
    // Lost pages vitest would only notice after a minute.
    const onLost = (reason: string) => console.error(`${run.browser.version}: ${reason}`);
    this.#pages.set(sessionId, await run.open(url, { onLost }));
  }

  async #launch(): Promise<Headless> {
    const run = await launchHeadless(this.#options);
    console.log(`${run.browser.version}: ${adapterLine(run.adapter)}`);
    return run;
  }

  async close(): Promise<void> {
    const run = await this.#run?.catch(() => undefined);
    await run?.close();
  }
}
