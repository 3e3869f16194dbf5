import { twinOf } from "../../src/cpu/twins/index.ts";
import { holdsFloats } from "../../src/cpu/twins/layout.ts";
import type { Floats } from "../../src/cpu/twins/twin.ts";
import type { BufferSpec } from "../../src/gpu/buffer_spec.ts";
import type { Recording } from "../../src/scheduler/recording.ts";
import type { StepValues } from "../../src/scheduler/step_slots.ts";

/** The buffers of recordings in f64, and their dispatches run by the kernels' twins: exact but for f64's rounding. */
export class TwinMemory {
  readonly #buffers = new Map<BufferSpec, Float64Array | Uint32Array>();

  /** Allocates, zeroed, all buffers of the recordings that will run here. */
  constructor(...recordings: readonly Recording[]) {
    for (const { kernel, buffers } of recordings.flatMap((r) => r.dispatches)) {
      for (const [name, spec] of Object.entries(buffers)) {
        const make = holdsFloats(kernel.bindings[name].element) ? Float64Array : Uint32Array;
        if (!this.#buffers.has(spec)) this.#buffers.set(spec, new make(spec.bytes / 4));
      }
    }
  }

  /** Writes to the front of a buffer; one that no recording uses takes nothing. */
  upload(spec: BufferSpec, values: ArrayLike<number>): void {
    this.#buffers.get(spec)?.set(values);
  }

  floats(spec: BufferSpec): Float64Array {
    return this.#buffers.get(spec) as Float64Array;
  }

  /** One replay. Transients hold nonsense before: a kernel may read only what one before it in the recording wrote. */
  run(recording: Recording, step: StepValues): void {
    const buffersOf = (specs: Readonly<Record<string, BufferSpec>>) =>
      Object.entries(specs).map(([name, spec]) => [name, spec, this.#buffers.get(spec)!] as const);
    for (const { buffers } of recording.dispatches) {
      for (const [, spec, values] of buffersOf(buffers)) {
        if (spec.lifetime === "transient")
          values.fill(values instanceof Uint32Array ? 0xffffffff : Number.NaN);
      }
    }
    for (const { kernel, dims, overrides, grid, buffers } of recording.dispatches) {
      const named: Record<string, Floats | Uint32Array> = {};
      for (const [name, , values] of buffersOf(buffers)) named[name] = values;
      twinOf(kernel.name)({ step, dims, overrides, grid, buffers: named });
    }
  }
}
