import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { defineConfig, type Plugin } from "vite";
import { serviceWorker } from "./offline/plugin.ts";

/**
 * The library loads parts of itself when they are asked for, which small apps gain by. The worker uses the whole of it, so
 * that some are there at once, as they must be: no news. Of an import of the page's own it would be.
 */
const libraryLoadedWhole: Plugin = {
  name: "library-loaded-whole",
  onLog(_, { code, message }) {
    const words = stripVTControlCharacters(message);
    const deferred = /\bsrc\/\S+ is dynamically imported by src\//.test(words);
    return code === "INEFFECTIVE_DYNAMIC_IMPORT" && deferred ? false : undefined;
  },
};

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
  worker: { format: "es", plugins: () => [libraryLoadedWhole] },
  // No files in data: addresses, which the Content-Security-Policy allows for images only; no inline polyfill either.
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
