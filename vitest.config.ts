import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumArgs, findChromium } from "./src/headless/chromium.ts";

const alias = { tabgpu: new URL("./src/index.ts", import.meta.url).pathname };

export default defineConfig(async () => ({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        test: { name: "node", include: ["test/**/*.test.ts"], exclude: ["test/**/*.gpu.test.ts"] },
      },
      {
        resolve: { alias },
        test: {
          name: "gpu",
          include: ["test/**/*.gpu.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          isolate: false,
          browser: {
            enabled: true,
            // Full Chromium in its new headless mode: the headless shell has no WebGPU.
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: await findChromium(),
                args: chromiumArgs({ adapter: "software" }),
              },
            }),
            instances: [{ browser: "chromium" as const }],
          },
        },
      },
    ],
  },
}));
