import { type BufferSpec, resident } from "../gpu/buffer_spec.ts";
import { BufferUsage, MapMode } from "../gpu/flags.ts";
import { waitFor } from "../gpu/wait.ts";
import type { Runtime } from "../scheduler/runtime.ts";

/** Losses the ring holds: far more than steps finish between two reads. */
const PLACES = 8192;

/** The losses of training steps on the GPU, one place a step, read back in blocks a few times a second. */
export class LossRing {
  readonly spec: BufferSpec = resident("losses", [PLACES]);
  readonly #runtime: Runtime;
  readonly #staging: GPUBuffer;
  #read = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#staging = runtime.device.createBuffer({
      label: "read losses",
      size: PLACES * 4,
      usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
    });
  }

  /** The place of step `step`, counted from the ring's beginning. */
  slot(step: number): number {
    return step % PLACES;
  }

  /** Whether steps up to `step` (exclusive) would soon overwrite losses not read yet. */
  isFull(step: number): boolean {
    return step - this.#read > PLACES / 2;
  }

  /** The losses of all steps up to `step` (exclusive) not read so far; they must have been submitted. */
  async take(step: number): Promise<Float32Array> {
    const first = this.#read;
    if (step <= first) return new Float32Array();
    const encoder = this.#runtime.device.createCommandEncoder();
    encoder.copyBufferToBuffer(this.#runtime.memory.buffer(this.spec), 0, this.#staging, 0, PLACES * 4);
    this.#runtime.device.queue.submit([encoder.finish()]);
    await this.#runtime.guard(waitFor(this.#runtime.device, this.#staging.mapAsync(MapMode.READ)));
    const ring = new Float32Array(this.#staging.getMappedRange());
    const losses = Float32Array.from({ length: step - first }, (_, i) => ring[(first + i) % PLACES]);
    this.#staging.unmap();
    this.#read = step;
    return losses;
  }

  /** Forgets what was not read, e.g. after steps that were interrupted. */
  skipTo(step: number): void {
    this.#read = step;
  }

  dispose(): void {
    this.#staging.destroy();
  }
}
