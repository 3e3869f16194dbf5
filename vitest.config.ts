import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { adapterFromEnvironment, chromiumArgs } from "./src/headless/adapter.ts";
import { findChromium } from "./src/headless/chromium.ts";
import { probeAdapter } from "./src/headless/probe_adapter.ts";

const resolve = { alias: { tabgpu: fileURLToPath(new URL("./src/index.ts", import.meta.url)) } };

/**
 * Three projects by file name: `*.test.ts` in Node, `*.gpu.test.ts` in headless Chromium with WebGPU, and
 * `*.e2e.test.ts` in Node again for what starts browsers of its own: the headless module and the command line.
 */
export default defineConfig(async () => ({
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
      {
        resolve,
        // Found while the tests run, a dependency would be bundled then and reload the page under a running test.
        optimizeDeps: { include: ["papaparse", "wgsl_reflect/wgsl_reflect.module.js"] },
        test: {
          name: "gpu",
          include: ["test/**/*.gpu.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One page for all files: a software adapter has no spare device to give, and pipelines compile once.
          fileParallelism: false,
          isolate: false,
          browser: {
            enabled: true,
            // Full Chromium in its new headless mode: the headless shell has no WebGPU.
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: findChromium(),
                args: chromiumArgs(await probeAdapter(adapterFromEnvironment())),
              },
            }),
            instances: [{ browser: "chromium" as const }],
          },
        },
      },
    ],
  },
}));
