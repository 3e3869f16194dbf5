import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { BufferUsage, MapMode } from "../gpu/flags.ts";
import { waitFor } from "../gpu/wait.ts";
import type { GpuRuntime } from "./gpu_runtime.ts";
import type { Replay } from "./replay.ts";
import { StepSlots, type StepValues } from "./step_slots.ts";

/**
 * A recording whose result is wanted back each time: one submit replays it and copies the result into a staging buffer,
 * one map reads that. Several may be under way; nothing is made for a trip.
 */
export class RoundTrip {
  readonly #runtime: GpuRuntime;
  readonly #replay: Replay;
  readonly #output: BufferSpec;
  readonly #slots: StepSlots;
  readonly #staging: readonly GPUBuffer[];
  #trips = 0;

  /** @param output what each trip brings back. @param atOnce trips that may be under way */
  constructor(runtime: GpuRuntime, replay: Replay, output: BufferSpec, atOnce: number) {
    this.#runtime = runtime;
    this.#replay = replay;
    this.#output = output;
    const { device, pipelines } = runtime;
    this.#slots = new StepSlots(device, pipelines.stepLayout);
    this.#staging = Array.from({ length: atOnce }, (_, i) =>
      device.createBuffer({
        label: `${replay.recording.name} staging ${i}`,
        size: output.bytes,
        usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
      }),
    );
  }

  /**
   * Replays once. What is uploaded afterwards does not reach this trip: the queue keeps order.
   * @returns the first `elements` floats of the output, copied
   */
  async run(step: StepValues, elements: number): Promise<Float32Array> {
    const { device, memory } = this.#runtime;
    const staging = this.#staging[this.#trips++ % this.#staging.length];
    const bytes = 4 * elements;
    this.#slots.write([step]);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.#replay.encode(pass, this.#slots, 0);
    pass.end();
    encoder.copyBufferToBuffer(memory.buffer(this.#output), 0, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await this.#runtime.guard(waitFor(device, staging.mapAsync(MapMode.READ, 0, bytes)));
    const values = new Float32Array(staging.getMappedRange(0, bytes).slice(0));
    staging.unmap();
    return values;
  }

  dispose(): void {
    this.#replay.dispose();
    this.#slots.dispose();
    for (const buffer of this.#staging) buffer.destroy();
  }
}
