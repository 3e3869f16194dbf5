import { DeviceError } from "../errors.ts";
import { messageWithSource } from "./compile_message.ts";
import { ShaderStage } from "./flags.ts";
import {
  changedOverrides,
  type KernelPart,
  type KernelSource,
  type KernelUse,
  kernelCode,
  partsOf,
  pipelineKey,
} from "./kernel_source.ts";

/** A compiled kernel and the layout of its own bind group (group 1). */
export interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Those of devices that were warmed up: whoever uses such a device finds its pipelines compiled. */
const kept = new WeakMap<GPUDevice, PipelineCache>();

/** Compiles kernels, each combination of source and overrides once per device, asynchronously and in parallel. */
export class PipelineCache {
  readonly device: GPUDevice;
  /** Group 0 of every pipeline: the step slot, chosen by a dynamic offset. */
  readonly stepLayout: GPUBindGroupLayout;
  readonly #kernels = new Map<string, Promise<Kernel>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: GPUDevice) {
    this.device = device;
    this.stepLayout = device.createBindGroupLayout({
      label: "step",
      entries: [
        {
          binding: 0,
          visibility: ShaderStage.COMPUTE,
          buffer: { type: "uniform", hasDynamicOffset: true },
        },
      ],
    });
  }

  /** The device's, where it was kept; else a new one. */
  static of(device: GPUDevice): PipelineCache {
    return kept.get(device) ?? new PipelineCache(device);
  }

  /** From now on `of` finds it, as long as the device lives. */
  keep(): void {
    kept.set(this.device, this);
  }

  /** Number of distinct pipelines asked for so far. */
  get size(): number {
    return this.#kernels.size;
  }

  /** @throws {DeviceError} with file, line and source where the shader does not compile */
  kernel(dispatch: KernelUse): Promise<Kernel> {
    const key = pipelineKey(dispatch);
    let kernel = this.#kernels.get(key);
    if (!kernel) {
      kernel = this.#compile(dispatch, key);
      this.#kernels.set(key, kernel);
    }
    return kernel;
  }

  #layout(kernel: KernelSource): GPUBindGroupLayout {
    let layout = this.#layouts.get(kernel.name);
    if (!layout) {
      layout = this.device.createBindGroupLayout({
        label: kernel.name,
        entries: [
          { binding: 0, visibility: ShaderStage.COMPUTE, buffer: { type: "uniform" } },
          ...Object.values(kernel.bindings).map(({ access }, i) => ({
            binding: 1 + i,
            visibility: ShaderStage.COMPUTE,
            buffer: { type: access === "read" ? ("read-only-storage" as const) : ("storage" as const) },
          })),
        ],
      });
      this.#layouts.set(kernel.name, layout);
    }
    return layout;
  }

  async #compile({ kernel, overrides, variant }: KernelUse, label: string): Promise<Kernel> {
    const layout = this.#layout(kernel);
    const parts = await partsOf(kernel, variant);
    const code = kernelCode(kernel, parts, variant);
    this.device.pushErrorScope("validation"); // the message is built from the compilation info below
    const module = this.device.createShaderModule({ label: kernel.name, code });
    const scope = this.device.popErrorScope();
    const pipeline = this.device.createComputePipelineAsync({
      label,
      layout: this.device.createPipelineLayout({ label, bindGroupLayouts: [this.stepLayout, layout] }),
      compute: { module, entryPoint: kernel.name, constants: changedOverrides(kernel, overrides) },
    });
    const [invalid, outcome] = await Promise.all([scope, settle(pipeline)]);
    if (invalid || "error" in outcome) {
      const info = await module.getCompilationInfo();
      const cause =
        "error" in outcome ? String((outcome.error as Error)?.message ?? outcome.error) : invalid!.message;
      throw new DeviceError(compileMessage(kernel, info.messages, cause, parts));
    }
    return { pipeline: outcome.value, layout };
  }
}

async function settle<T>(promise: Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}

/** What the compiler said of a kernel, each message with its line of source and a caret. */
export function compileMessage(
  kernel: KernelSource,
  messages: readonly Pick<GPUCompilationMessage, "type" | "message" | "lineNum" | "linePos">[],
  cause: string,
  parts: readonly KernelPart[] = kernel.parts,
): string {
  const errors = messages.filter((m) => m.type === "error");
  // The generated source has lost its indentation: a column would mislead.
  const code = kernelCode(kernel, parts);
  const shown = errors.map((m) => messageWithSource(sourceLine([kernel, ...parts], m.lineNum), code, m));
  return [
    `The kernel ${kernel.name} does not compile on this device.`,
    ...(shown.length > 0 ? shown : [cause]),
  ].join("\n");
}

/** The file and line that a line of a kernel's joined code comes from. */
function sourceLine([kernel, ...parts]: readonly KernelPart[], line: number): string {
  let file = kernel.name;
  let left = line;
  let lines = lineCount(kernel);
  for (const part of parts) {
    if (left <= lines) break;
    left -= lines;
    lines = lineCount(part);
    file = `parts/${part.name}`;
  }
  return `shaders/${file}.wgsl:${left}`;
}

function lineCount({ code }: { code: string }): number {
  return code.split("\n").length;
}
