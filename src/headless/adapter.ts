import { existsSync } from "node:fs";
import { OptionError } from "../errors.ts";

/**
 * Which WebGPU adapter to ask the browser for. `auto` tries the hardware first and falls back to SwiftShader, the
 * software adapter that comes with Chromium; `hardware` fails where there is no GPU; `software` never looks for one.
 */
export type AdapterChoice = "auto" | "hardware" | "software";

const COMMON = [
  // Chromium refuses its sandbox as root and in many containers; the only pages loaded are our own.
  "--no-sandbox",
  // WebGPU is behind this flag on Linux.
  "--enable-unsafe-webgpu",
  // A short-lived browser has no business with the network.
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

/** Without a display, Chromium on Linux reaches the GPU through Vulkan only, and only without a Vulkan surface. */
const LINUX_HARDWARE = [
  "--enable-features=Vulkan",
  "--use-angle=vulkan",
  "--disable-vulkan-surface",
  "--ignore-gpu-blocklist",
];

/** Command-line flags that give a headless Chromium WebGPU on the adapter asked for. */
export function chromiumArgs(
  adapter: "hardware" | "software",
  platform: string = process.platform,
): string[] {
  if (adapter === "software") return [...COMMON, "--use-webgpu-adapter=swiftshader"];
  return platform === "linux" ? [...COMMON, ...LINUX_HARDWARE] : COMMON;
}

/**
 * Whether this machine may have a GPU. On Linux without any GPU device the hardware flags make Chromium hang
 * instead of failing, so a look at /dev comes first; elsewhere Chromium falls back by itself.
 */
export function mayHaveGpu(
  platform: string = process.platform,
  exists: (path: string) => boolean = existsSync,
): boolean {
  return (
    platform !== "linux" ||
    ["/dev/dri", "/dev/nvidiactl", "/dev/kfd", "/dev/dxg"].some((path) => exists(path))
  );
}

/** The choice in TABGPU_ADAPTER, `auto` where it is unset. @throws {OptionError} for any other word. */
export function adapterFromEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): AdapterChoice {
  const choice = env.TABGPU_ADAPTER || "auto";
  if (choice === "auto" || choice === "hardware" || choice === "software") return choice;
  throw new OptionError(`TABGPU_ADAPTER is "${choice}"; it must be auto, hardware or software.`);
}
