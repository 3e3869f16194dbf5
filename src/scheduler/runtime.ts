import type { BufferSpec } from "../gpu/buffer_spec.ts";
import type { AdapterDescription } from "../gpu/device.ts";
import type { Variant } from "../gpu/kernel_source.ts";
import type { Recording } from "./recording.ts";
import type { StepValues } from "./step_slots.ts";

/** The memory behind buffer specs: zeroed at first use, freed spec by spec or all at the end. */
export interface Memory {
  /**
   * Writes f32 or u32 elements from `elementOffset` on.
   * @throws {InternalError} where they reach beyond the buffer. @throws {DeviceError} where the device has no room
   */
  upload(spec: BufferSpec, data: Float32Array | Uint32Array, elementOffset?: number): void;
  free(spec: BufferSpec): void;
}

/** A recording made ready for one runtime. */
export interface Prepared {
  /** With the variants that the runtime chose. */
  readonly recording: Recording;
  /** Frees what only this recording needed: its transient buffers. */
  dispose(): void;
}

/** Reads the same small buffer again and again, without making anything new for a read. */
export interface BlockReader {
  /** All its f32 elements, copied, after all work begun so far. One read at a time. */
  read(): Promise<Float32Array>;
  dispose(): void;
}

export interface ReplayOptions {
  /** Told the number of steps begun so far, the last of them perhaps still running; may be asynchronous. */
  readonly onDone?: (done: number) => void | Promise<void>;
  /** Stops before the next steps; what was begun is waited for, then its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** What carries recordings out: a GPU by its kernels (`GpuRuntime`), or the CPU by the kernels' twins (`CpuRuntime`). */
export interface Runtime {
  readonly backend: "webgpu" | "cpu";
  readonly adapter: AdapterDescription;
  readonly memory: Memory;
  /** Rows of an evaluation batch at most: many fill a GPU, few keep a step on the CPU short. */
  readonly evalRows: number;
  /** The variant that recordings for it use of every kernel that has it. */
  readonly variant: Variant;
  /** Whether what runs them pays for work rather than for idle processors. */
  readonly software: boolean;
  /** @param onProgress dispatches ready so far, and all of this recording */
  prepare(recording: Recording, onProgress?: (done: number, total: number) => void): Promise<Prepared>;
  /**
   * Carries a recording out `count` times, in order, a bounded stretch at a time.
   * @param prepared by this runtime
   * @param valuesOf the step slot of step i
   */
  replay(
    prepared: Prepared,
    count: number,
    valuesOf: (i: number) => StepValues,
    options?: ReplayOptions,
  ): Promise<void>;
  /**
   * Carries a recording out `count` times and times each dispatch by itself: by the GPU's own clock where the device has
   * one ("timestamp-query"), else from submit to done.
   * @returns milliseconds, [count][dispatches]
   */
  profile(prepared: Prepared, count: number, valuesOf: (i: number) => StepValues): Promise<Float64Array[]>;
  /** Reads f32 values back, after all work begun so far. */
  read(spec: BufferSpec, elements: number, elementOffset?: number): Promise<Float32Array>;
  reader(spec: BufferSpec): BlockReader;
  /** Frees everything; twice is as good as once. */
  dispose(): void;
}
