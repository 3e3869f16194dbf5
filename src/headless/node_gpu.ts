import { DeviceError } from "../errors.ts";
import { adapterLine } from "../gpu/device.ts";
import { type AdapterChoice, mayHaveGpu } from "./adapter.ts";
import { adapterReport, readAdapter } from "./adapter_report.ts";
import type { AdapterReport } from "./drivers/driver.ts";
import { softwareDrivers, useDriver, type VulkanDriver } from "./vulkan.ts";

/** WebGPU in this process. */
export interface NodeGpu {
  /** Hand it to tabularLearner, loadModel or your own code as you would use `navigator.gpu`. */
  readonly gpu: GPU;
  readonly adapter: AdapterReport;
}

/**
 * By the driver they were opened with. Kept for the life of the process: where Dawn's GPU object is garbage collected
 * after a device was made of it, even one that is destroyed by now, Node crashes.
 */
const opened = new Map<string, Promise<NodeGpu | null>>();

export interface NodeGpuOptions {
  /** Default `auto`. */
  readonly adapter?: AdapterChoice;
  /**
   * Linux: the Vulkan driver of the software adapter, "lavapipe", "SwiftShader" or the path of an ICD file. Default:
   * TABGPU_VULKAN_DRIVER, else the first that works.
   */
  readonly vulkanDriver?: string;
}

/** The part of the npm package `webgpu` (Dawn for Node) that is used here. */
interface Dawn {
  create(options: string[]): GPU;
}

/**
 * WebGPU in Node, by the npm package `webgpu` (Dawn on the system's Vulkan, Metal or D3D12 driver). Where the system
 * offers no adapter, or a software one is asked for, a Vulkan driver that computes on the CPU is used if there is one.
 * There is one GPU object per driver, which lives as long as the process, and does not keep it from ending.
 *
 * @throws {DeviceError} where the package is not installed, or there is no adapter of the kind asked for
 */
export async function nodeGpu(options: NodeGpuOptions = {}): Promise<NodeGpu> {
  const { adapter: choice = "auto", vulkanDriver } = options;
  const dawn = await loadDawn();
  const found: string[] = [];
  for (const driver of driversFor(choice, vulkanDriver)) {
    const node = await open(dawn, driver);
    if (!node) continue;
    if (choice === "auto" || node.adapter.software === (choice === "software")) return node;
    found.push(adapterLine(node.adapter));
  }
  if (found.length > 0)
    throw new DeviceError(
      `A ${choice} adapter was asked for, but Dawn offers only ${found.join("; ")}. ` +
        'Take adapter "auto", or see that the driver is installed.',
    );
  if (choice === "hardware")
    throw new DeviceError(
      "No GPU: Dawn finds no adapter on this machine. See that the GPU's driver is installed (on Linux the one for " +
        "Vulkan, and Vulkan's loader), or take the software adapter (auto or software).",
    );
  throw new DeviceError(
    "Dawn finds no WebGPU adapter on this machine. Install a Vulkan loader and driver (Debian: libvulkan1 and " +
      "mesa-vulkan-drivers), or run in a browser.",
  );
}

/** Undefined is the system's own choice of driver. */
function driversFor(choice: AdapterChoice, wanted: string | undefined): (VulkanDriver | undefined)[] {
  if (wanted !== undefined) return softwareDrivers(wanted);
  if (process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES || choice === "hardware")
    return [undefined];
  // Asked for its own choice, a system without a GPU and without a driver complains on stderr.
  const softwareFirst = choice === "software" || !mayHaveGpu();
  return softwareFirst ? [...softwareDrivers(), undefined] : [undefined, ...softwareDrivers()];
}

function open(dawn: Dawn, driver: VulkanDriver | undefined): Promise<NodeGpu | null> {
  const { VK_ICD_FILENAMES, VK_DRIVER_FILES } = process.env;
  const key = driver?.icd ?? `${VK_ICD_FILENAMES} ${VK_DRIVER_FILES}`;
  let node = opened.get(key);
  if (!node) {
    node = create(dawn, driver);
    opened.set(key, node);
  }
  return node;
}

async function create(dawn: Dawn, driver: VulkanDriver | undefined): Promise<NodeGpu | null> {
  const restore = driver && useDriver(driver);
  try {
    const gpu = dawn.create([]);
    const read = await readAdapter(gpu);
    return read && { gpu, adapter: adapterReport(read, driver?.name ?? null) };
  } finally {
    restore?.();
  }
}

async function loadDawn(): Promise<Dawn> {
  try {
    return (await import("webgpu" as string)) as Dawn;
  } catch (error) {
    throw new DeviceError(
      `WebGPU in Node needs the npm package webgpu, which cannot be loaded: ${(error as Error).message}. ` +
        "Install it (npm install webgpu), or run in a browser.",
    );
  }
}
