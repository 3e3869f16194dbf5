import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright";
import { adapterFromEnvironment } from "../../src/headless/adapter.ts";
import { type Headless, launchHeadless } from "../../src/headless/launch.ts";
import { type Server, serve } from "../../src/headless/serve.ts";

/** Files for tests to bring: `testFile("rossmann.csv")`. */
export const testFile = (name: string) => fileURLToPath(new URL(`./files/${name}`, import.meta.url));

/**
 * Builds the demo into `folder`, as `npm run demo:build` does: in a process of its own, where NODE_ENV is not a test's.
 * @throws where the build warns of anything
 */
export async function buildDemo(folder: string): Promise<void> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const options = ["--outDir", folder, "--emptyOutDir", "--logLevel", "warn"];
  const { NODE_ENV: _, ...env } = process.env;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [vite, "build", "demo", ...options],
    {
      cwd: root,
      env,
    },
  );
  const said = `${stdout}${stderr}`.trim();
  if (said !== "") throw new Error(`npm run demo:build warns:\n${said}`);
}

/** A page of the demo, with what happened on it. */
export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of the console, uncaught ones too: a test should find none. */
  readonly complaints: string[];
  /** Every address that was asked for, with the size of what was sent along. */
  readonly requests: { readonly url: string; readonly method: string; readonly sent: number }[];
}

/** The built demo, served below a path of its own as any host might, and a browser with WebGPU. */
export class StudioPage {
  readonly run: Headless;
  readonly server: Server;
  readonly folder: string;
  readonly browser: Browser;

  private constructor(folder: string, server: Server, run: Headless, browser: Browser) {
    this.folder = folder;
    this.server = server;
    this.run = run;
    this.browser = browser;
  }

  /** Builds, serves and starts Chromium; a test file does it once, in beforeAll with 180 s. */
  static async start(): Promise<StudioPage> {
    const folder = mkdtempSync(join(tmpdir(), "tabgpu-demo-"));
    await buildDemo(folder);
    const server = await serve({ folder });
    const run = await launchHeadless({ adapter: adapterFromEnvironment() });
    const probe = (await run.open("about:blank")).native as Page;
    const browser = probe.context().browser()!;
    await probe.close();
    return new StudioPage(folder, server, run, browser);
  }

  /** Opens the demo as a new visitor: nothing is stored yet. */
  async open(options: BrowserContextOptions & { url?: string } = {}): Promise<OpenPage> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    return this.openIn(context, options.url);
  }

  /** Opens the demo in another tab of the same visitor. */
  async openIn(context: BrowserContext, url = this.server.url): Promise<OpenPage> {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const complaints: string[] = [];
    const requests: { url: string; method: string; sent: number }[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    // The context's event, not the page's: what workers ask for counts too.
    context.on("request", (request) => {
      requests.push({
        url: request.url(),
        method: request.method(),
        sent: request.postDataBuffer()?.length ?? 0,
      });
    });
    await page.goto(url);
    return { page, context, complaints, requests };
  }

  async close(): Promise<void> {
    await this.run.close();
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
