import { DeviceError } from "../errors.ts";
import { entryPoint } from "./entry_point.ts";

/** Where a caller's WebGPU comes from: a `GPU` object, or a device the application owns already. */
export interface GpuOptions {
  /** The WebGPU entry point; `navigator.gpu` where this is left out. Node hands in the one of the package `webgpu`. */
  gpu?: GPU;
  /** A device to use instead of asking for one. It is not destroyed by TabGPU. */
  device?: GPUDevice;
  powerPreference?: GPUPowerPreference;
}

/** What runs the shaders, for people and for tests that refuse the wrong one. */
export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** True for a software implementation, as far as the browser tells. */
  readonly isFallbackAdapter: boolean;
}

/** A device and what TabGPU needs to know of it. */
export interface GpuDevice {
  readonly device: GPUDevice;
  readonly adapter: AdapterDescription;
  /** Whether `close` destroys the device: only if TabGPU asked for it. */
  readonly owned: boolean;
}

const NEEDED = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxDynamicUniformBuffersPerPipelineLayout: 1,
} as const;

/** Asked for where the adapter has them: `learner.profile()` reads the GPU's own clock; `sharesByFour` needs subgroups. */
const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ["timestamp-query", "subgroups"];

/**
 * GPU objects that callers handed in, kept for the life of the process: Node crashes where the one of the package
 * `webgpu` is garbage collected after a device was made of it, even one that is destroyed by now.
 */
const kept = new Set<GPU>();

/**
 * Opens a WebGPU device, with larger buffers than the default where the adapter has them.
 * @throws {DeviceError} where there is no WebGPU, no adapter, or one whose limits are too small
 */
export async function openDevice(options: GpuOptions = {}): Promise<GpuDevice> {
  if (options.device) {
    checkLimits(options.device.limits, "The device handed in");
    return { device: options.device, adapter: describeAdapter(options.device.adapterInfo), owned: false };
  }
  const adapter = await requestAdapter(options);
  checkLimits(adapter.limits, "This adapter");
  const device = await adapter.requestDevice({
    label: "tabgpu",
    requiredFeatures: OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: {
      maxBufferSize: adapter.limits.maxBufferSize,
      maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
    },
  });
  return { device, adapter: describeAdapter(adapter.info), owned: true };
}

/**
 * Who would run the shaders, without opening a device.
 * @throws {DeviceError} where there is no WebGPU or no adapter
 */
export async function findAdapter(options: GpuOptions = {}): Promise<AdapterDescription> {
  return describeAdapter(options.device?.adapterInfo ?? (await requestAdapter(options)).info);
}

async function requestAdapter(options: GpuOptions): Promise<GPUAdapter> {
  if (options.gpu) kept.add(options.gpu);
  const adapter = await entryPoint(options).requestAdapter({
    powerPreference: options.powerPreference ?? "high-performance",
  });
  if (adapter) return adapter;
  throw new DeviceError(
    "No WebGPU adapter: this browser or driver offers none. Update the graphics driver, or allow WebGPU in the " +
      'browser\'s settings (README, "Where it runs").',
  );
}

function checkLimits(limits: GPUSupportedLimits, what: string): void {
  for (const [name, needed] of Object.entries(NEEDED) as [keyof typeof NEEDED, number][]) {
    const offered = limits[name];
    if (offered !== undefined && offered < needed) {
      throw new DeviceError(
        `${what} allows ${name} ${offered}, TabGPU's kernels need ${needed}. Use another adapter.`,
      );
    }
  }
}

export function describeAdapter(info: GPUAdapterInfo | undefined): AdapterDescription {
  return {
    vendor: info?.vendor ?? "",
    architecture: info?.architecture ?? "",
    device: info?.device ?? "",
    description: info?.description ?? "",
    isFallbackAdapter: info?.isFallbackAdapter ?? false,
  };
}

/**
 * One line: vendor, architecture, what it calls itself, and whether it is software. Firefox tells none of these; where
 * the Vulkan driver below it is known, as in tabgpu/headless, that stands in.
 */
export function adapterLine(adapter: AdapterDescription & { readonly driver?: string | null }): string {
  const told = [adapter.vendor, adapter.architecture, adapter.device, adapter.description];
  const parts = told.filter((s) => s !== "");
  if (parts.length === 0 && adapter.driver) parts.push(adapter.driver);
  const software = isSoftware(adapter) ? " (software: no GPU is used)" : "";
  return (parts.join(" · ") || "unnamed adapter") + software;
}

/** Whether an adapter computes on the CPU: it says so, or is one of the known software implementations. */
export function isSoftware(adapter: AdapterDescription): boolean {
  const text = `${adapter.vendor} ${adapter.architecture} ${adapter.device} ${adapter.description}`;
  return adapter.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(text);
}

/**
 * Whether kernels run in their variants "wide": on a software adapter whose subgroups are four invocations, as SwiftShader's
 * are. That these are neighbours in their workgroup WGSL does not promise; `tabgpu doctor` shows it.
 */
export function sharesByFour(device: GPUDevice, adapter: AdapterDescription): boolean {
  const { subgroupMinSize, subgroupMaxSize } = device.adapterInfo ?? {};
  return (
    isSoftware(adapter) && device.features.has("subgroups") && subgroupMinSize === 4 && subgroupMaxSize === 4
  );
}
