import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { BufferUsage } from "../gpu/flags.ts";
import type { DeviceMemory } from "../gpu/memory.ts";
import type { PipelineCache } from "../gpu/pipelines.ts";
import { uniformBytes, writeUniforms } from "../gpu/uniform_fields.ts";
import { planMemory } from "./memory.ts";
import { buffersOf, type Dispatch, type Recording } from "./recording.ts";
import { SLOT_STRIDE, type StepSlots } from "./step_slots.ts";

const DIMS_ALIGNMENT = 256;

interface Ready {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly dispatch: Dispatch;
}

/** A recording made ready for one device: pipelines compiled, memory allocated, bind groups built, once. */
export class Replay {
  readonly recording: Recording;
  readonly #ready: readonly Ready[];
  readonly #owned: readonly GPUBuffer[];

  private constructor(recording: Recording, ready: readonly Ready[], owned: readonly GPUBuffer[]) {
    this.recording = recording;
    this.#ready = ready;
    this.#owned = owned;
  }

  /**
   * Compiles all pipelines in parallel and builds everything a replay needs.
   * @param onProgress pipelines ready so far, and all of this recording
   */
  static async prepare(
    recording: Recording,
    memory: DeviceMemory,
    pipelines: PipelineCache,
    onProgress?: (done: number, total: number) => void,
  ): Promise<Replay> {
    const { device } = memory;
    let done = 0;
    const kernels = await Promise.all(
      recording.dispatches.map(async (dispatch) => {
        const kernel = await pipelines.kernel(dispatch);
        onProgress?.(++done, recording.dispatches.length);
        return kernel;
      }),
    );

    const plan = planMemory(recording);
    const slots = plan.slots.map((bytes, slot) => memory.allocate(`${recording.name} slot ${slot}`, bytes));
    const gpuBuffer = (spec: BufferSpec) =>
      spec.lifetime === "transient" ? slots[plan.slotOf.get(spec)!] : memory.buffer(spec);
    for (const spec of buffersOf(recording)) gpuBuffer(spec);

    const dims = device.createBuffer({
      label: `${recording.name} dims`,
      size: Math.max(1, recording.dispatches.length) * DIMS_ALIGNMENT,
      usage: BufferUsage.UNIFORM | BufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(dims, 0, packDims(recording));

    const ready = recording.dispatches.map((dispatch, i) => {
      const { kernel } = dispatch;
      const bindGroup = device.createBindGroup({
        label: `${recording.name} ${i + 1} ${kernel.name}`,
        layout: kernels[i].layout,
        entries: [
          {
            binding: 0,
            resource: { buffer: dims, offset: i * DIMS_ALIGNMENT, size: uniformBytes(kernel.dims) },
          },
          ...Object.keys(kernel.bindings).map((name, i) => {
            const spec = dispatch.buffers[name];
            return { binding: 1 + i, resource: { buffer: gpuBuffer(spec), size: spec.bytes } };
          }),
        ],
      });
      return { pipeline: kernels[i].pipeline, bindGroup, dispatch };
    });
    return new Replay(recording, ready, [dims, ...slots]);
  }

  /** Encodes the whole recording into an open compute pass, with the values of step slot `slot`. */
  encode(pass: GPUComputePassEncoder, slots: StepSlots, slot: number): void {
    pass.setBindGroup(0, slots.bindGroup, [slot * SLOT_STRIDE]);
    for (const { pipeline, bindGroup, dispatch } of this.#ready) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(1, bindGroup);
      pass.dispatchWorkgroups(dispatch.grid[0], dispatch.grid[1], dispatch.grid[2]);
    }
  }

  /** One dispatch of it alone, for profiles. */
  encodeOne(pass: GPUComputePassEncoder, index: number, slots: StepSlots, slot: number): void {
    const { pipeline, bindGroup, dispatch } = this.#ready[index];
    pass.setBindGroup(0, slots.bindGroup, [slot * SLOT_STRIDE]);
    pass.setPipeline(pipeline);
    pass.setBindGroup(1, bindGroup);
    pass.dispatchWorkgroups(dispatch.grid[0], dispatch.grid[1], dispatch.grid[2]);
  }

  dispose(): void {
    for (const buffer of this.#owned) buffer.destroy();
  }
}

/** The `dims` of every dispatch, each at its own aligned place. */
function packDims(recording: Recording): ArrayBuffer {
  const bytes = new ArrayBuffer(Math.max(1, recording.dispatches.length) * DIMS_ALIGNMENT);
  const view = new DataView(bytes);
  recording.dispatches.forEach(({ kernel, dims }, i) => {
    writeUniforms(view, i * DIMS_ALIGNMENT, kernel.dims, dims);
  });
  return bytes;
}
