import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe } from "vitest";
import { adapterFromEnvironment, mayHaveGpu } from "../../src/headless/adapter.ts";
import { type BrowserName, findBrowser, type HeadlessOptions } from "../../src/headless/index.ts";
import { hasVulkanLoader, softwareDrivers } from "../../src/headless/vulkan.ts";

/** The folder that the tests serve. */
export const PAGES = fileURLToPath(new URL("./pages/folder", import.meta.url));

/** Set by .ci/run, which has everything installed: there, what is missing fails instead of being skipped. */
const MUST_HAVE_ALL = Boolean(process.env.TABGPU_SKIP_NOTHING);

/** Whether a browser's tests are to be skipped: a clone's `npm test` needs no Firefox. */
export const lacksBrowser = (browser: BrowserName) => !MUST_HAVE_ALL && !findBrowser(browser);

/** Whether WebGPU in Node has nothing to stand on here: `npm run setup` says so, and its tests are skipped. */
export const LACKS_VULKAN =
  !MUST_HAVE_ALL &&
  process.platform === "linux" &&
  !(hasVulkanLoader() && (softwareDrivers().length > 0 || mayHaveGpu()));

/** A describe block per browser; one that is not installed is skipped, and the report says so. */
export function describeBrowsers(
  what: string,
  body: (options: HeadlessOptions & { browser: BrowserName }) => void,
) {
  for (const browser of ["chromium", "firefox"] as const) {
    describe.skipIf(lacksBrowser(browser))(`${what} in ${browser}`, () => {
      body({ browser, adapter: adapterFromEnvironment() });
    });
  }
}

/** Bundles pages/page.ts into a folder of this test file's own. */
export function pageBundle(): { readonly folder: string; readonly module: string } {
  const folder = mkdtempSync(join(tmpdir(), "tabgpu-test-"));
  const module = join(folder, "page.js");
  beforeAll(async () => {
    const entryPoints = [fileURLToPath(new URL("./pages/page.ts", import.meta.url))];
    await build({ entryPoints, bundle: true, format: "esm", outfile: module, logLevel: "error" });
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return { folder, module };
}

/** Process ids of the browsers this process has started. */
export function ownBrowsers(): number[] {
  return execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], { encoding: "utf8" })
    .split("\n")
    .filter((line) => /--?headless/.test(line))
    .map((line) => Number.parseInt(line, 10));
}
