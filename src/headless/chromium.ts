import { existsSync } from "node:fs";

/** First version; the headless owner extends it. Path of an installed Chromium. */
export async function findChromium(): Promise<string | undefined> {
  const candidates = [process.env.TABGPU_CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
  return candidates.find((path) => path !== undefined && existsSync(path));
}

/** Command-line flags that give a headless Chromium WebGPU. */
export function chromiumArgs(options: { adapter: "auto" | "hardware" | "software" }): string[] {
  const args = [
    "--no-sandbox",
    "--enable-unsafe-webgpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
  ];
  if (options.adapter === "software") args.push("--use-webgpu-adapter=swiftshader");
  return args;
}
