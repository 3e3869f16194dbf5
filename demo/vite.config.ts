import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { serviceWorker } from "./offline/plugin.ts";

/** The page imports the package by name, as a user would; here that name means the sources. */
export default defineConfig({
  // Relative addresses: the built folder works from any path of any host.
  base: "./",
  resolve: {
    alias: {
      tabgpu: fileURLToPath(new URL("../src/index.ts", import.meta.url)),
      hysnappy: fileURLToPath(new URL("./data/snappy.ts", import.meta.url)),
    },
  },
  // Found only when the worker asks for it, it would be bundled then and reload the page.
  optimizeDeps: { include: ["papaparse", "hyparquet", "hyparquet-compressors"] },
  plugins: [serviceWorker()],
  worker: { format: "es" },
  // No files in data: addresses, which the Content-Security-Policy allows for images only; no inline polyfill either.
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
