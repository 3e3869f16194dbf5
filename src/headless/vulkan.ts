import { existsSync, readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { OptionError } from "../errors.ts";
import { findChromium } from "./find_browser.ts";

/** A Vulkan driver, by the file that describes it to the Vulkan loader (an "installable client driver"). */
export interface VulkanDriver {
  readonly name: string;
  readonly icd: string;
}

/** Where Vulkan's loader looks for drivers on Linux. */
const FOLDERS = ["/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d", "/usr/share/vulkan/icd.d"];

/**
 * Vulkan drivers of this machine that compute on the CPU: Mesa's lavapipe, and the SwiftShader that comes with Chromium.
 * Empty on systems other than Linux.
 *
 * @param wanted one of them by name, or any by the path of its ICD file; default: the environment's TABGPU_VULKAN_DRIVER
 * @throws {OptionError} where there is no such driver
 */
export function softwareDrivers(wanted = process.env.TABGPU_VULKAN_DRIVER): VulkanDriver[] {
  if (process.platform !== "linux") return [];
  const found = [...lavapipe(), ...swiftShader()];
  if (!wanted) return found;
  const chosen = found.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (chosen.length > 0) return chosen;
  if (existsSync(wanted)) {
    const known = found.find(({ icd }) => icd === wanted);
    return [known ?? { name: basename(wanted), icd: wanted }];
  }
  const names = found.map(({ name }) => name).join(", ") || "none";
  throw new OptionError(
    `The Vulkan driver asked for (vulkanDriver or TABGPU_VULKAN_DRIVER) is "${wanted}", which is neither a software driver found here (${names}) nor the path of an ICD file.`,
  );
}

function lavapipe(): VulkanDriver[] {
  const machine = { x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch;
  const names = [`lvp_icd.${machine}.json`, "lvp_icd.json"];
  return FOLDERS.filter(existsSync).flatMap((folder) => {
    const found = readdirSync(folder).find((name) => names.includes(name));
    return found ? [{ name: "lavapipe", icd: join(folder, found) }] : [];
  });
}

function swiftShader(): VulkanDriver[] {
  const chromium = findChromium();
  if (!chromium) return [];
  // Distributions start Chromium by a script of another folder.
  const folders = [dirname(realpathSync(chromium)), "/usr/lib/chromium", "/usr/lib64/chromium-browser"];
  const icd = folders.map((folder) => join(folder, "vk_swiftshader_icd.json")).find(existsSync);
  return icd ? [{ name: "SwiftShader", icd }] : [];
}

/** Whether the Vulkan loader is installed, without which a Vulkan driver is of no use. Linux only. */
export function hasVulkanLoader(): boolean {
  const machine = { x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch;
  const folders = [
    `/usr/lib/${machine}-linux-gnu`,
    `/lib/${machine}-linux-gnu`,
    "/usr/lib64",
    "/usr/lib",
    "/lib",
  ];
  return folders.some((folder) => existsSync(join(folder, "libvulkan.so.1")));
}

/**
 * Makes this process's Vulkan use one driver only: for Dawn in Node, which loads Vulkan here. Returns a function that
 * puts the environment back.
 */
export function useDriver(driver: VulkanDriver): () => void {
  const names = ["VK_ICD_FILENAMES", "VK_DRIVER_FILES"] as const;
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = driver.icd;
  return () =>
    names.forEach((name, i) => {
      if (before[i] === undefined) delete process.env[name];
      else process.env[name] = before[i];
    });
}
