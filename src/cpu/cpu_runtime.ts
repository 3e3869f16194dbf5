import { InternalError } from "../errors.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import type { AdapterDescription } from "../gpu/device.ts";
import type { Recording } from "../scheduler/recording.ts";
import type { BlockReader, ReplayOptions, Runtime } from "../scheduler/runtime.ts";
import type { StepValues } from "../scheduler/step_slots.ts";
import { CpuMemory } from "./cpu_memory.ts";
import { CpuReplay } from "./cpu_replay.ts";
import { pause } from "./pause.ts";

/** Milliseconds of work between two pauses: a page stays alive, an abort is heard. A step is never interrupted. */
const STRETCH_MS = 16;

/** Steps between two calls of onDone at most, however short they are: a ring of results must not run over. */
const MOST_STEPS = 64;

/**
 * Replays recordings on the CPU, kernel by kernel through the kernels' twins: values in memory are f32 as on a GPU, sums
 * run in f64. One thread; the same seed gives the same bits.
 */
export class CpuRuntime implements Runtime {
  readonly backend = "cpu";
  readonly evalRows = 64;
  readonly variant = "narrow";
  readonly software = true;
  readonly adapter: AdapterDescription = {
    vendor: "",
    architecture: "",
    device: "CPU",
    description: "f32 values, f64 sums",
    isFallbackAdapter: true,
  };
  readonly memory = new CpuMemory();
  /** When other code last had its turn. It counts across replays: many short ones must pause as one long one does. */
  #lastPause = performance.now();

  /** @throws {InternalError} for a kernel without a twin */
  async prepare(
    recording: Recording,
    onProgress?: (done: number, total: number) => void,
  ): Promise<CpuReplay> {
    const replay = new CpuReplay(recording, this.memory);
    const total = recording.dispatches.length;
    for (let done = 1; done <= total; done++) onProgress?.(done, total);
    return replay;
  }

  async replay(
    replay: CpuReplay,
    count: number,
    valuesOf: (i: number) => StepValues,
    options: ReplayOptions = {},
  ): Promise<void> {
    for (let done = 0; done < count; ) {
      options.signal?.throwIfAborted();
      const end = Math.min(count, done + MOST_STEPS);
      do replay.run(valuesOf(done++));
      while (done < end && !this.#pauseIsDue());
      await options.onDone?.(done);
      if (this.#pauseIsDue()) {
        await pause();
        this.#lastPause = performance.now();
      }
    }
  }

  async profile(
    replay: CpuReplay,
    count: number,
    valuesOf: (i: number) => StepValues,
  ): Promise<Float64Array[]> {
    const times: Float64Array[] = [];
    for (let i = 0; i < count; i++) {
      times.push(replay.runTimed(valuesOf(i)));
      await pause();
    }
    return times;
  }

  #pauseIsDue(): boolean {
    return performance.now() - this.#lastPause >= STRETCH_MS;
  }

  async read(spec: BufferSpec, elements: number, elementOffset = 0): Promise<Float32Array> {
    const { floats } = this.memory.buffer(spec);
    if (elementOffset + elements > floats.length) {
      throw new InternalError(
        `read of ${elements} elements at ${elementOffset} from "${spec.label}" (${floats.length}).`,
      );
    }
    return floats.slice(elementOffset, elementOffset + elements);
  }

  reader(spec: BufferSpec): BlockReader {
    return { read: () => this.read(spec, spec.bytes / 4), dispose: () => {} };
  }

  dispose(): void {
    this.memory.dispose();
  }
}
