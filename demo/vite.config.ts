import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The page imports the package by name, as a user would; here that name means the sources. */
export default defineConfig({
  // Relative addresses: the built folder works from any path of any host.
  base: "./",
  resolve: { alias: { tabgpu: fileURLToPath(new URL("../src/index.ts", import.meta.url)) } },
  // Found only when the worker asks for it, it would be bundled then and reload the page.
  optimizeDeps: { include: ["papaparse"] },
  worker: { format: "es" },
  build: { target: "es2022" },
});
