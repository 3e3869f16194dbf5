import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { headless } from "./scripts/vitest_headless.ts";
import { adapterFromEnvironment } from "./src/headless/adapter.ts";
import type { BrowserName } from "./src/headless/index.ts";

const resolve = { alias: { tabgpu: fileURLToPath(new URL("./src/index.ts", import.meta.url)) } };

/** The same GPU tests in each browser. */
const gpuTests = (name: string, browser: BrowserName) => ({
  resolve,
  // Found while the tests run, a dependency would be bundled then and reload the page under a running test.
  optimizeDeps: { include: ["papaparse", "wgsl_reflect/wgsl_reflect.module.js"] },
  test: {
    name,
    include: ["test/**/*.gpu.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One page for all files: a software adapter has no spare device to give, and pipelines compile once.
    fileParallelism: false,
    isolate: false,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: headless({ browser, adapter: adapterFromEnvironment() }),
      instances: [{ browser }],
    },
  },
});

/**
 * Four projects by file name: `*.test.ts` in Node, `*.gpu.test.ts` in headless Chromium ("gpu") and in headless Firefox
 * ("firefox"), and `*.e2e.test.ts` in Node again for what starts browsers of its own. `npm test` runs all but Firefox.
 */
export default defineConfig({
  resolve,
  test: {
    reporters: ["default", "./scripts/count_reporter.mjs"],
    projects: [
      {
        resolve,
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.gpu.test.ts", "test/**/*.e2e.test.ts"],
        },
      },
      {
        resolve,
        test: {
          name: "e2e",
          include: ["test/**/*.e2e.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      gpuTests("gpu", "chromium"),
      gpuTests("firefox", "firefox"),
    ],
  },
});
