import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * Imports a TypeScript module of src/ into a plain Node script: Node 20 cannot. Bundled in memory, so no file is left
 * behind; packages stay outside.
 */
export async function loadTypeScript(path) {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
    entryPoints: [path],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "error",
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}
