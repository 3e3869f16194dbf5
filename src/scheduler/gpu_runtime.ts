import { DeviceError } from "../errors.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { type AdapterDescription, type GpuOptions, openDevice } from "../gpu/device.ts";
import type { Variant } from "../gpu/kernel_source.ts";
import { DeviceMemory } from "../gpu/memory.ts";
import { PipelineCache } from "../gpu/pipelines.ts";
import { waitFor } from "../gpu/wait.ts";
import type { Recording } from "./recording.ts";
import { Replay } from "./replay.ts";
import type { BlockReader, ReplayOptions, Runtime } from "./runtime.ts";
import { SLOT_COUNT, StepSlots, type StepValues } from "./step_slots.ts";
import type { Tuner } from "./tune.ts";
import { type RecordingTarget, targetOf } from "./variants.ts";

/** Milliseconds of GPU work to aim at per submit: long enough to hide its cost, far below any watchdog. */
const SUBMIT_MS = 30;

/** Steps of a submit at least, where they stay within this many milliseconds: an abort waits for two submits. */
const LEAST_STEPS = 8;
const LEAST_STEPS_MS = 1000;

/** Submits that may be under way at once: one runs while the next is encoded; more only makes the page wait. */
const IN_FLIGHT = 2;

/** @param stepMs what a step took of late; undefined before the first: one step then tells */
function stepsPerSubmit(stepMs: number | undefined): number {
  if (stepMs === undefined) return 1;
  const least = Math.min(LEAST_STEPS, Math.floor(LEAST_STEPS_MS / stepMs));
  return Math.max(1, least, Math.floor(SUBMIT_MS / stepMs));
}

/** Replays recordings on WebGPU: a device with its memory, pipelines and step slots, everything replays share. */
export class GpuRuntime implements Runtime {
  readonly backend = "webgpu";
  readonly evalRows = 2048;
  readonly variant: Variant;
  readonly software: boolean;
  /** The variants that its recordings may run, once prepared. */
  readonly variants: readonly Variant[];
  readonly device: GPUDevice;
  readonly adapter: AdapterDescription;
  readonly memory: DeviceMemory;
  readonly pipelines: PipelineCache;
  readonly #slots: StepSlots;
  readonly #owned: boolean;
  readonly #failed: Promise<never>;
  readonly #onError: (event: GPUUncapturedErrorEvent) => void;
  #disposed = false;
  #tuner: Promise<Tuner> | null = null;
  /** Milliseconds a step took of late, by recording; decides how many go into one submit. */
  readonly #stepMs = new WeakMap<Replay, number>();

  private constructor(
    device: GPUDevice,
    adapter: AdapterDescription,
    owned: boolean,
    target: Required<RecordingTarget>,
    tunes: boolean,
  ) {
    this.device = device;
    this.adapter = adapter;
    this.variant = target.variant;
    this.software = target.software;
    this.variants = tunes ? ["narrow", "staged"] : [target.variant];
    this.#owned = owned;
    this.memory = new DeviceMemory(device);
    this.pipelines = PipelineCache.of(device);
    this.#slots = new StepSlots(device, this.pipelines.stepLayout);
    let fail: (error: DeviceError) => void = () => {};
    this.#failed = new Promise((_, reject) => {
      fail = reject;
    });
    this.#failed.catch(() => {}); // nobody may be waiting when the device goes
    this.#onError = (event) => fail(new DeviceError(`WebGPU reported: ${event.error.message}`));
    device.addEventListener("uncapturederror", this.#onError);
    device.lost.then((info) => {
      if (!this.#disposed) {
        const reason = info.message || info.reason || "no reason given";
        fail(
          new DeviceError(`The GPU device was lost: ${reason}. Reload the page; weights not saved are gone.`),
        );
      }
    });
  }

  /**
   * @param options.target what to cut recordings for, and then nothing is measured; default: what the adapter is
   * @throws {DeviceError} as `openDevice` does
   */
  static async open(options: GpuOptions & { readonly target?: RecordingTarget } = {}): Promise<GpuRuntime> {
    const { device, adapter, owned } = await openDevice(options);
    const found = targetOf(device, adapter);
    const tunes = !found.software && options.target === undefined;
    return new GpuRuntime(device, adapter, owned, { ...found, ...options.target }, tunes);
  }

  prepare(recording: Recording, onProgress?: (done: number, total: number) => void): Promise<Replay> {
    const prepare = async () =>
      Replay.prepare(await this.#tuned(recording), this.memory, this.pipelines, onProgress);
    return this.guard(prepare());
  }

  /** Compiles a recording's pipelines, so that `prepare` has little left to do. @returns it as `prepare` will have it */
  async compile(recording: Recording): Promise<Recording> {
    const compile = async () => {
      const chosen = await this.#tuned(recording);
      await Promise.all(chosen.dispatches.map((dispatch) => this.pipelines.kernel(dispatch)));
      return chosen;
    };
    return this.guard(compile());
  }

  /** On a GPU, with the quickest variants there; else as it is. */
  async #tuned(recording: Recording): Promise<Recording> {
    if (this.variants.length === 1 || !recording.dispatches.some(({ alternatives }) => alternatives)) {
      return recording;
    }
    // Loaded where there is a GPU.
    this.#tuner ??= import("./tune.ts").then(({ Tuner }) => new Tuner(this));
    return (await this.#tuner).tuned(recording);
  }

  /** Replays once per step, all in one compute pass and one submit. At most SLOT_COUNT steps. */
  submit(replay: Replay, steps: readonly StepValues[]): void {
    this.#slots.write(steps);
    const encoder = this.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let slot = 0; slot < steps.length; slot++) replay.encode(pass, this.#slots, slot);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  /**
   * Replays `count` steps, several to a submit as far as they are short, a bounded number of submits under way.
   * @param valuesOf the step slot of step i
   * @param options.onDone is told after each submit
   */
  async replay(
    replay: Replay,
    count: number,
    valuesOf: (i: number) => StepValues,
    options: ReplayOptions = {},
  ): Promise<void> {
    const underWay: Promise<void>[] = [];
    let lastDone = performance.now();
    const finish = async () => {
      await this.guard(underWay.shift()!);
    };
    try {
      for (let start = 0; start < count; ) {
        options.signal?.throwIfAborted();
        const n = Math.min(SLOT_COUNT, count - start, stepsPerSubmit(this.#stepMs.get(replay)));
        const first = start;
        const submitted = performance.now();
        this.submit(
          replay,
          Array.from({ length: n }, (_, i) => valuesOf(first + i)),
        );
        start += n;
        underWay.push(
          waitFor(this.device, this.device.queue.onSubmittedWorkDone()).then(() => {
            const now = performance.now();
            const measured = (now - Math.max(lastDone, submitted)) / n;
            const before = this.#stepMs.get(replay);
            this.#stepMs.set(replay, before === undefined ? measured : 0.8 * before + 0.2 * measured);
            lastDone = now;
          }),
        );
        if (underWay.length >= IN_FLIGHT) await finish();
        await options.onDone?.(start);
      }
    } finally {
      while (underWay.length > 0) await finish();
    }
  }

  async profile(replay: Replay, count: number, valuesOf: (i: number) => StepValues): Promise<Float64Array[]> {
    const { timeDispatches } = await import("./timing.ts");
    return this.guard(timeDispatches({ device: this.device, slots: this.#slots }, replay, count, valuesOf));
  }

  /** Milliseconds of `runs` replays of a step, in one pass. */
  async time(replay: Replay, runs: number, values: StepValues): Promise<number> {
    const { timeRuns } = await import("./timing.ts");
    return this.guard(timeRuns({ device: this.device, slots: this.#slots }, replay, runs, values));
  }

  /** Waits for `promise`, or throws as soon as the device is lost or reports an error. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#failed]);
  }

  /** Reads f32 values back, after all work submitted so far. */
  async read(spec: BufferSpec, elements: number, elementOffset = 0): Promise<Float32Array> {
    return new Float32Array(await this.guard(this.memory.download(spec, elements, elementOffset)));
  }

  reader(spec: BufferSpec): BlockReader {
    const reader = this.memory.reader(spec);
    return { read: () => this.guard(reader.read()), dispose: () => reader.dispose() };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.device.removeEventListener("uncapturederror", this.#onError);
    this.memory.dispose();
    this.#slots.dispose();
    if (this.#owned) this.device.destroy();
  }
}
