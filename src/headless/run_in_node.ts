import { openAsBlob } from "node:fs";
import { pathToFileURL } from "node:url";
import { DeviceError, OptionError } from "../errors.ts";
import type { AdapterDescription } from "../gpu/device.ts";
import { isSoftware } from "../gpu/device.ts";
import { errorFromPage } from "./page_error.ts";
import type { PageContext, PageFailure, PageFunction } from "./page_protocol.ts";
import type { PageJob, PageResult } from "./run_in_page.ts";

/** The part of the npm package `webgpu` (Dawn for Node) that is used here. */
interface Dawn {
  create(options: string[]): GPU;
  globals: Record<string, unknown>;
}

/**
 * The same as runInPage without a browser: calls the function of a page's module in this process, on the WebGPU of the
 * npm package `webgpu` (Dawn on the system's Vulkan, Metal or D3D12 driver).
 *
 * @throws {DeviceError} where the package is not installed, or no adapter of the kind asked for is found
 */
export async function runInNode<Argument, Event, Value>(
  job: PageJob<Argument, Event>,
): Promise<PageResult<Value>> {
  job.signal?.throwIfAborted();
  const gpu = await dawn();
  const adapter = await adapterOf(gpu, job.adapter ?? "auto");
  job.onAdapter?.(adapter);
  const addresses = new Map<string, string>();
  for (const [name, path] of Object.entries(job.files ?? {})) {
    addresses.set(name, URL.createObjectURL(await openAsBlob(path)));
  }
  const uploads = new Map<string, Uint8Array>();
  const context: PageContext<Event> = {
    gpu,
    url(name) {
      const address = addresses.get(name);
      if (address === undefined)
        throw new OptionError(`There is no file "${name}"; hand it in as files: { … }.`);
      return new URL(address);
    },
    emit: (event) => job.onEvent?.(event),
    signal: job.signal ?? new AbortController().signal,
    upload: async (name, bytes) => void uploads.set(name, bytes),
  };
  try {
    const module = (await import(pathToFileURL(job.module).href)) as Record<string, unknown>;
    const run = module[job.function] as PageFunction<Argument, Event, Value>;
    return { value: await run(job.argument, context), files: uploads, adapter };
  } catch (error) {
    // The module is a bundle with error classes of its own, which `instanceof` here does not know.
    throw error instanceof Error ? errorFromPage(dataOf(error)) : error;
  } finally {
    for (const address of addresses.values()) URL.revokeObjectURL(address);
  }
}

function dataOf({ name, message, stack }: Error): PageFailure {
  return { name, message, stack: stack ?? "" };
}

async function dawn(): Promise<GPU> {
  let module: Dawn;
  try {
    module = (await import("webgpu" as string)) as Dawn;
  } catch (error) {
    throw new DeviceError(
      `The engine "node" needs the npm package webgpu, which cannot be loaded: ${(error as Error).message}. ` +
        "Install it (npm install webgpu), or use --engine chromium.",
    );
  }
  Object.assign(globalThis, module.globals); // GPUBufferUsage and its like, which a browser has
  return module.create([]);
}

async function adapterOf(gpu: GPU, wanted: "auto" | "hardware" | "software"): Promise<AdapterDescription> {
  const info = (await gpu.requestAdapter({ powerPreference: "high-performance" }))?.info;
  if (!info) {
    throw new DeviceError(
      "Dawn finds no WebGPU adapter on this machine. Install a Vulkan driver (Debian: mesa-vulkan-drivers) and its loader " +
        "(libvulkan1), or use --engine chromium.",
    );
  }
  const { vendor, architecture, device, description } = info;
  const adapter = {
    vendor,
    architecture,
    device,
    description,
    isFallbackAdapter: info.isFallbackAdapter ?? false,
  };
  const found = isSoftware(adapter) ? "software" : "hardware";
  if (wanted !== "auto" && wanted !== found) {
    throw new DeviceError(
      `A ${wanted} adapter was asked for, but Dawn offers a ${found} one: ${description || device || vendor}. ` +
        "Choose the driver with VK_ICD_FILENAMES, or take --adapter auto.",
    );
  }
  return adapter;
}
