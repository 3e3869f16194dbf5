// npm run bench: builds everything into a folder of its own and runs main.ts there. See bench/README.md.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Contenders, and what else runs in a page. */
const PAGES = ["tabgpu", "tfjs", "jax", "ort_webgpu", "ort_wasm", "ceilings", "variants"];

/** Minimal apps: what a page loads that does one thing. Each is built by itself, as it would be shipped. */
const APPS = readdirSync(new URL("apps", import.meta.url))
  .map((name) => name.replace(".ts", ""))
  .filter((name) => name.startsWith("empty_") || /_(predict|predict_auto|train)$/.test(name));

/** Builds what pages load and what Node runs; puts the peers' WebAssembly beside it. */
async function buildAll(folder) {
  const common = { absWorkingDir: root, bundle: true, format: "esm", target: "es2022", logLevel: "error" };
  await Promise.all([
    build({
      ...common,
      entryPoints: PAGES.map((name) => `bench/page/${name}.ts`),
      outdir: folder,
      platform: "browser",
      // In Node's engine too they are to act as in a browser's worker, which TensorFlow.js asks this way.
      define: { "process.versions.node": "undefined" },
    }),
    ...APPS.map((name) =>
      build({
        ...common,
        entryPoints: [`bench/apps/${name}.ts`],
        outdir: join(folder, "apps", name),
        platform: "browser",
        minify: true,
        splitting: true,
      }),
    ),
    build({
      ...common,
      entryPoints: { main: "bench/main.ts", node_process: "bench/engine/node_process.ts" },
      outdir: folder,
      platform: "node",
      packages: "external",
    }),
  ]);
  copyFiles("onnxruntime-web/dist", /^ort-wasm-simd-threaded\.(asyncify\.)?(mjs|wasm)$/, join(folder, "ort"));
  copyFiles("@tensorflow/tfjs-backend-wasm/dist", /\.wasm$/, join(folder, "tfjs"));
}

function copyFiles(from, names, to) {
  const source = join(root, "node_modules", from);
  mkdirSync(to);
  for (const name of readdirSync(source)) if (names.test(name)) cpSync(join(source, name), join(to, name));
}

/** Inside the repository, where Node finds the packages. */
const cache = join(root, ".cache");
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "bench-"));
// Also where a signal or a wrong option ends the program.
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
await buildAll(folder);
const { main } = await import(pathToFileURL(join(folder, "main.js")).href);
process.exitCode = await main(process.argv, folder, root);
