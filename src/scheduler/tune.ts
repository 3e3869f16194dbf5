import type { Variant } from "../gpu/kernel_source.ts";
import type { GpuRuntime } from "./gpu_runtime.ts";
import type { Dispatch, Recording } from "./recording.ts";
import type { Replay } from "./replay.ts";
import { stepOf } from "./step_of.ts";
import type { StepValues } from "./step_slots.ts";

/** Milliseconds that a runtime may spend on measuring in all; what is not measured by then stays as it was recorded. */
const BUDGET_MS = 100;

/** Milliseconds of a measurement, about: browsers round the GPU's clock to a tenth of one. */
const LONG_ENOUGH_MS = 2;
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
  readonly #runtime: GpuRuntime;
  #msLeft = BUDGET_MS;
  /** Measurements run one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(runtime: GpuRuntime) {
    this.#runtime = runtime;
  }

  /** The recording with the quickest variants. All its pipelines compile meanwhile. */
  async tuned(recording: Recording): Promise<Recording> {
    for (const dispatch of recording.dispatches) if (!dispatch.alternatives) this.#compile(dispatch);
    const choose = async (dispatch: Dispatch): Promise<Dispatch> => {
      const { alternatives } = dispatch;
      const variant = alternatives && (await this.#quickest(dispatch, alternatives));
      return variant ? { ...dispatch, variant, alternatives: undefined } : dispatch;
    };
    return { ...recording, dispatches: await Promise.all(recording.dispatches.map(choose)) };
  }

  #compile(dispatch: Dispatch): void {
    this.#runtime.pipelines.kernel(dispatch).catch(() => {}); // whoever needs it is told
  }

  #quickest(dispatch: Dispatch, variants: readonly Variant[]): Promise<Variant | null> {
    const { kernel, overrides, grid, work } = dispatch;
    const key = JSON.stringify([this.#runtime.adapter, kernel.name, overrides, grid, work?.flops]);
    let choice = found.get(key);
    if (!choice) {
      if (this.#msLeft <= 0 || bytesOf(dispatch) > MOST_BYTES) return Promise.resolve(null);
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
    const { memory } = this.#runtime;
    const copies = Object.entries(dispatch.buffers).map(
      ([name, spec]) => [name, { ...spec, lifetime: "resident" as const }] as const,
    );
    const buffers = Object.fromEntries(copies);
    if (this.#msLeft <= 0) return null; // others were before
    const replays: Replay[] = [];
    try {
      for (const variant of variants) {
        const dispatches = [{ ...dispatch, variant, buffers, alternatives: undefined }];
        replays.push(await this.#runtime.prepare({ name: "tune", dispatches }));
      }
      const start = performance.now();
      const times = await this.#race(replays, measuredStep(dispatch), start + this.#msLeft);
      this.#msLeft -= performance.now() - start;
      return quickestOf(variants, times);
    } finally {
      for (const replay of replays) replay.dispose();
      for (const [, spec] of copies) memory.free(spec);
    }
  }

  /** @returns the least milliseconds of each; one round at least, however late it is */
  async #race(replays: readonly Replay[], values: StepValues, deadline: number): Promise<number[]> {
    let runs = 1;
    const round = async () => {
      const times: number[] = [];
      for (const replay of replays) times.push(await this.#runtime.time(replay, runs, values));
      return times;
    };
    // Warms up, and finds how many runs are long enough to be timed.
    for (let ms = 0; performance.now() < deadline; runs *= 4) {
      ms = Math.max(...(await round()));
      if (ms >= LONG_ENOUGH_MS || runs >= MOST_RUNS) break;
    }
    let least = await round();
    for (let i = 1; i < ROUNDS && performance.now() < deadline; i++) {
      const times = await round();
      least = least.map((ms, j) => Math.min(ms, times[j]));
    }
    return least;
  }
}

/** The variant with the least time: the first, unless another is clearly quicker. Null where a time is none. */
export function quickestOf(variants: readonly Variant[], times: readonly number[]): Variant | null {
  if (!times.every((ms) => ms > 0 && Number.isFinite(ms))) return null;
  const best = times.indexOf(Math.min(...times));
  return times[best] < WORTH_IT * times[0] ? variants[best] : variants[0];
}

function bytesOf({ buffers }: Dispatch): number {
  return Object.values(buffers).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** A step of as many rows as are measured. Every product's batch is the first dimension of its x or its d_z. */
function measuredStep({ buffers, work }: Dispatch): StepValues {
  const [rows] = (buffers.x ?? buffers.d_z).shape;
  const share = Math.min(1, MOST_FLOPS / (work?.flops ?? 1));
  return stepOf({ rows: Math.max(1, Math.floor(rows * share)) });
}
