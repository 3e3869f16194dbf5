import { OptionError } from "../errors.ts";
import { step } from "../generated/step.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { uniformValues } from "../gpu/uniform_fields.ts";
import { planMemory } from "../scheduler/memory.ts";
import type { Recording } from "../scheduler/recording.ts";
import type { Prepared } from "../scheduler/runtime.ts";
import type { StepValues } from "../scheduler/step_slots.ts";
import { CpuBuffer, type CpuMemory } from "./cpu_memory.ts";
import { twinOf } from "./twins/index.ts";
import { holdsFloats } from "./twins/layout.ts";
import type { KernelTwin, TwinCall } from "./twins/twin.ts";

interface Ready {
  readonly twin: KernelTwin;
  readonly call: Omit<TwinCall, "step">;
}

/**
 * A recording made ready for the CPU: the twin and the buffers of every dispatch looked up, once. Transient buffers
 * share memory as on a GPU, by the same plan: a step then stays within fewer bytes, which its caches hold.
 */
export class CpuReplay implements Prepared {
  readonly recording: Recording;
  #ready: readonly Ready[] | null;

  /** @throws {InternalError} for a kernel without a twin */
  constructor(recording: Recording, memory: CpuMemory) {
    this.recording = recording;
    const plan = planMemory(recording);
    const slots = plan.slots.map((bytes) => new CpuBuffer(bytes));
    const bufferOf = (spec: BufferSpec) =>
      spec.lifetime === "transient" ? slots[plan.slotOf.get(spec)!] : memory.buffer(spec);
    this.#ready = recording.dispatches.map((dispatch) => {
      const { kernel, overrides, grid } = dispatch;
      const buffers = Object.entries(dispatch.buffers).map(([name, spec]) => {
        const { floats, words } = bufferOf(spec);
        const view = holdsFloats(kernel.bindings[name].element) ? floats : words;
        return [name, view.subarray(0, spec.bytes / 4)];
      });
      const call = {
        dims: uniformValues(kernel.dims, dispatch.dims),
        overrides,
        grid,
        buffers: Object.fromEntries(buffers),
      };
      return { twin: twinOf(kernel.name), call };
    });
  }

  /** Carries the recording out once. @throws {OptionError} once it was disposed */
  run(values: StepValues): void {
    const given = uniformValues(step, values);
    for (const { twin, call } of this.#usable()) twin({ ...call, step: given });
  }

  /** The same, timed: milliseconds of each dispatch. */
  runTimed(values: StepValues): Float64Array {
    const given = uniformValues(step, values);
    return Float64Array.from(this.#usable(), ({ twin, call }) => {
      const started = performance.now();
      twin({ ...call, step: given });
      return performance.now() - started;
    });
  }

  #usable(): readonly Ready[] {
    if (this.#ready) return this.#ready;
    throw new OptionError(`"${this.recording.name}" was disposed with its learner or model; make another.`);
  }

  dispose(): void {
    this.#ready = null;
  }
}
