/** How many bytes a page loads to do the job: minimal apps, minified and compressed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { textTable } from "../../src/cli/text_table.ts";

export interface AppSize {
  readonly app: string;
  /** Bytes of JavaScript, minified. */
  readonly script: number;
  readonly gzip: number;
  /** Bytes of WebAssembly that the app fetches besides, and compressed. */
  readonly wasm: number;
  readonly wasmGzip: number;
}

/** Apps, and the WebAssembly each of them fetches. TabGPU's own lies in its script. */
export const APPS: readonly (readonly [name: string, wasm: string | null])[] = [
  ["tabgpu_predict", null],
  ["tabgpu_train", null],
  ["jax_predict", null],
  ["jax_train", null],
  ["tfjs_core_predict", null],
  ["tfjs_predict", null],
  ["tfjs_train", null],
  ["ort_webgpu_predict", "ort/ort-wasm-simd-threaded.asyncify.wasm"],
  ["ort_wasm_predict", "ort/ort-wasm-simd-threaded.wasm"],
];

/** @param folder of the build: scripts of the apps are in apps/, split into chunks that the app may load later */
export function appSizes(folder: string): AppSize[] {
  return APPS.map(([app, wasm]) => {
    const scripts = readdirSync(join(folder, "apps", app)).filter((name) => name.endsWith(".js"));
    const texts = scripts.map((name) => readFileSync(join(folder, "apps", app, name)));
    const binary = wasm === null ? null : readFileSync(join(folder, wasm));
    const sum = (sizes: number[]) => sizes.reduce((a, b) => a + b, 0);
    return {
      app,
      script: sum(texts.map((text) => text.length)),
      gzip: sum(texts.map((text) => gzipSync(text, { level: 9 }).length)),
      wasm: binary?.length ?? 0,
      wasmGzip: binary ? gzipSync(binary, { level: 9 }).length : 0,
    };
  });
}

export function sizesTable(sizes: readonly AppSize[]): string {
  const kilobytes = (bytes: number) => (bytes === 0 ? "" : (bytes / 1000).toFixed(1));
  const rows = sizes.map(({ app, script, gzip, wasm, wasmGzip }) => [
    app,
    ...[script, gzip, wasm, wasmGzip].map(kilobytes),
  ]);
  return textTable(["minimal app, kB", "script", "gzip", "wasm", "gzip"], rows);
}
