import { step } from "../generated/step.ts";
import { GpuClock } from "../gpu/clock.ts";
import { type AdapterDescription, adapterLine } from "../gpu/device.ts";
import { pipelineKey, type Variant } from "../gpu/kernel_source.ts";
import { DeviceMemory } from "../gpu/memory.ts";
import type { PipelineCache } from "../gpu/pipelines.ts";
import { waitFor } from "../gpu/wait.ts";
import type { Dispatch, Recording } from "./recording.ts";
import { Replay } from "./replay.ts";
import { StepSlots, type StepValues } from "./step_slots.ts";

/** Milliseconds that a device may spend on measuring in all; what is not measured by then stays as it was recorded. */
const BUDGET_MS = 100;

/** Milliseconds of a measurement at least: browsers round the GPU's clock to a tenth of one. */
const LEAST_MS = 2;
const MOST_RUNS = 1024;
const ROUNDS = 3;

/** How much of the recorded variant's time another may take to replace it. */
const WORTH_IT = 0.95;

/** Of a large batch as many rows are measured as make so many floating-point operations: they fill any GPU. */
const MOST_FLOPS = 2 ** 32;
/** Bytes of the buffers that a measurement works on, at most. */
const MOST_BYTES = 2 ** 27;

/** What was found, by adapter, kernel and shape: for the life of the page, whatever devices come and go. */
const found = new Map<string, Promise<Variant | null>>();

/**
 * Chooses between the variants of a recording's dispatches that give the same bits: runs each on buffers of its own, full of
 * zeros, and takes the quickest. Whatever it chooses, results are the same. What cannot be measured stays as recorded.
 */
export class Tuner {
  readonly #device: GPUDevice;
  readonly #adapter: AdapterDescription;
  readonly #pipelines: PipelineCache;
  #msLeft = BUDGET_MS;
  /** Measurements run one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(device: GPUDevice, adapter: AdapterDescription, pipelines: PipelineCache) {
    this.#device = device;
    this.#adapter = adapter;
    this.#pipelines = pipelines;
  }

  /** The recording with the quickest variants. All its pipelines compile meanwhile. */
  async tuned(recording: Recording): Promise<Recording> {
    for (const dispatch of recording.dispatches) this.#compile(dispatch);
    const choose = async (dispatch: Dispatch): Promise<Dispatch> => {
      const variant = dispatch.alternatives && (await this.#quickest(dispatch, dispatch.alternatives));
      return variant ? { ...dispatch, variant, alternatives: undefined } : dispatch;
    };
    return { ...recording, dispatches: await Promise.all(recording.dispatches.map(choose)) };
  }

  #compile(dispatch: Dispatch): void {
    this.#pipelines.kernel(dispatch).catch(() => {}); // whoever needs it is told
  }

  #quickest(dispatch: Dispatch, variants: readonly Variant[]): Promise<Variant | null> {
    const { grid, work } = dispatch;
    const key = `${adapterLine(this.#adapter)} ${pipelineKey(dispatch)} ${grid.join("×")} ${work?.flops}`;
    let choice = found.get(key);
    if (!choice) {
      for (const variant of variants) this.#compile({ ...dispatch, variant });
      choice = this.#queue
        .then(() => this.#measure(dispatch, variants))
        .catch(() => null) // one does not compile, or the device is gone: its user hears of that
        .then((variant) => {
          if (variant === null) found.delete(key);
          return variant;
        });
      this.#queue = choice;
      found.set(key, choice);
    }
    return choice;
  }

  /** @returns null where there is no time or no memory for it, or the clock tells nothing */
  async #measure(dispatch: Dispatch, variants: readonly Variant[]): Promise<Variant | null> {
    const bytes = Object.values(dispatch.buffers).reduce((sum, buffer) => sum + buffer.bytes, 0);
    if (this.#msLeft <= 0 || bytes > MOST_BYTES) return null;
    const memory = new DeviceMemory(this.#device);
    const slots = new StepSlots(this.#device, this.#pipelines.stepLayout);
    const clock = this.#device.features.has("timestamp-query") ? new GpuClock(this.#device, 1) : null;
    const replays: Replay[] = [];
    try {
      for (const dispatches of alone(dispatch, variants)) {
        replays.push(await Replay.prepare({ name: "tune", dispatches }, memory, this.#pipelines));
      }
      slots.write([stepOf(dispatch)]);
      const start = performance.now();
      const times = await this.#race(replays, slots, clock, start + this.#msLeft);
      this.#msLeft -= performance.now() - start;
      return quickestOf(variants, times);
    } finally {
      for (const replay of replays) replay.dispose();
      clock?.dispose();
      slots.dispose();
      memory.dispose();
    }
  }

  /** @returns the least milliseconds of each; one round at least, however late it is */
  async #race(
    replays: readonly Replay[],
    slots: StepSlots,
    clock: GpuClock | null,
    deadline: number,
  ): Promise<number[]> {
    let runs = 1;
    const round = async () => {
      const times: number[] = [];
      for (const replay of replays) times.push(await this.#time(replay, slots, clock, runs));
      return times;
    };
    // Warms up, and finds how many runs are long enough to be timed.
    while (Math.max(...(await round())) < LEAST_MS && runs < MOST_RUNS && performance.now() < deadline)
      runs *= 4;
    let least = await round();
    for (let i = 1; i < ROUNDS && performance.now() < deadline; i++) {
      const times = await round();
      least = least.map((ms, j) => Math.min(ms, times[j]));
    }
    return least;
  }

  async #time(replay: Replay, slots: StepSlots, clock: GpuClock | null, runs: number): Promise<number> {
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass(clock ? { timestampWrites: clock.around(0) } : undefined);
    for (let i = 0; i < runs; i++) replay.encode(pass, slots, 0);
    pass.end();
    if (clock) return (await clock.submit(encoder))[0];
    const start = performance.now();
    this.#device.queue.submit([encoder.finish()]);
    await waitFor(this.#device, this.#device.queue.onSubmittedWorkDone());
    return performance.now() - start;
  }
}

/** The variants with the least times: the first, unless another is clearly quicker. Null where a time is none. */
export function quickestOf(variants: readonly Variant[], times: readonly number[]): Variant | null {
  if (!times.every((ms) => ms > 0 && Number.isFinite(ms))) return null;
  const best = times.indexOf(Math.min(...times));
  return times[best] < WORTH_IT * times[0] ? variants[best] : variants[0];
}

/** The dispatch by itself in each variant, all on the same buffers, which are nobody else's. */
function alone(dispatch: Dispatch, variants: readonly Variant[]): Dispatch[][] {
  const copy = Object.entries(dispatch.buffers).map(([name, spec]) => [
    name,
    { ...spec, lifetime: "resident" },
  ]);
  const buffers = Object.fromEntries(copy) as Dispatch["buffers"];
  return variants.map((variant) => [{ ...dispatch, variant, buffers }]);
}

/** A step of as many rows as are measured. Every product's batch is the first dimension of its x or its d_z. */
function stepOf({ buffers, work }: Dispatch): StepValues {
  const [rows] = (buffers.x ?? buffers.d_z).shape;
  const share = Math.min(1, MOST_FLOPS / (work?.flops ?? 1));
  const zeros = Object.fromEntries(Object.keys(step).map((field) => [field, 0])) as StepValues;
  return { ...zeros, rows: Math.max(1, Math.floor(rows * share)) };
}
