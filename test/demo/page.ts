import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { type ServedFile, type Server, serve } from "../../src/headless/serve.ts";

const TYPES: Record<string, string> = {
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};

/** Builds the demo into `folder` and serves it below a path of its own, as any host might. */
export async function serveDemo(folder: string): Promise<Server> {
  const root = fileURLToPath(new URL("../../demo", import.meta.url));
  const built = await build({ root, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  if (Array.isArray(built) || !("output" in built))
    throw new Error("vite built something else than one page");
  const files = new Map<string, ServedFile>();
  for (const { fileName } of built.output) {
    const body = readFileSync(`${folder}/${fileName}`);
    files.set(fileName, { body, type: TYPES[extname(fileName)] ?? "text/html; charset=utf-8" });
  }
  files.set("", files.get("index.html")!);
  return serve({ files });
}
