import { OptionError } from "../errors.ts";
import { matrix, rowStride } from "../gpu/buffer_spec.ts";
import { adapterLine, type GpuOptions } from "../gpu/device.ts";
import { GpuRuntime } from "../scheduler/gpu_runtime.ts";
import { Recorder } from "../scheduler/recorder.ts";
import { describe, type Recording } from "../scheduler/recording.ts";
import type { Replay } from "../scheduler/replay.ts";
import { RoundTrip } from "../scheduler/round_trip.ts";
import type { StepValues } from "../scheduler/step_slots.ts";
import type { TabularModelConfig } from "./config.ts";
import { evalStep, withoutPadding } from "./eval_step.ts";
import { FoldedNetwork, type PredictionTable } from "./folded_network.ts";
import type { NamedTensors } from "./parameters.ts";
import type { TableRows } from "./resident_table.ts";

/** Rows that run at once, at most: a form, a page of a list, a file. GPUs have room for the largest, and use for it. */
const SIZES = [2, 64, 1024] as const;
const SIZES_OF_GPUS = [...SIZES, 16384] as const;

/** Bytes that the activations of a layer may take. */
const MAX_ACTIVATION_BYTES = 64 * 2 ** 20;

/** Batches under way at once: while one is computed, the next one waits in the queue and the one after is packed. */
const UNDER_WAY = 3;

/** What runs up to so many rows at once. */
interface Size {
  readonly rows: number;
  readonly table: PredictionTable;
  readonly output: ReturnType<typeof matrix>;
  /** As it was recorded, then as the runtime will have it. */
  recording: Recording;
  ready: Promise<RoundTrip> | null;
}

/** Runs a folded model forward on WebGPU. A call asks the device for nothing new, and for one submit per batch. */
export class GpuInferenceEngine {
  readonly backend = "webgpu";
  readonly #runtime: GpuRuntime;
  readonly #network: FoldedNetwork;
  readonly #onDispose: () => void;
  readonly #sizes: readonly Size[];
  #readyMakers: Promise<readonly { readonly replay: Replay; readonly step: StepValues }[]> | null = null;
  #tensors: NamedTensors | null = null;
  #loaded: Promise<void> = Promise.resolve();
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** Compiling begins here. @param onDispose frees what the engine was given */
  constructor(runtime: GpuRuntime, config: TabularModelConfig, onDispose: () => void) {
    this.#runtime = runtime;
    this.#network = new FoldedNetwork(config);
    this.#onDispose = onDispose;
    this.#sizes = batchSizes(config, runtime.software).map((rows) => this.#record(rows));
    for (const [spec, values] of this.#network.constants()) runtime.memory.upload(spec, values);
    this.#compile().catch(() => {}); // who needs what did not compile is told
  }

  get description(): string {
    return adapterLine(this.#runtime.adapter);
  }

  /** The dispatches of a batch of `rows` rows, one a line. */
  describe(rows: number): string {
    return describe(this.#sizeFor(rows).recording);
  }

  /**
   * The weights to predict with from now on. What goes wrong on the device is told by the predictions.
   * @throws {OptionError} unless they are those of the config
   */
  load(tensors: NamedTensors): void {
    this.#checkUsable();
    const params = this.#network.pack(tensors);
    this.#tensors = new Map([...tensors].map(([name, values]) => [name, values.slice()]));
    this.#loaded = this.#next(async () => {
      const { memory } = this.#runtime;
      memory.upload(this.#network.params, params);
      this.#readyMakers ??= this.#prepareReadyMakers();
      for (const { replay, step } of await this.#readyMakers) this.#runtime.submit(replay, [step]);
    });
    this.#loaded.catch(() => {}); // predictions are told
  }

  /** Outputs [rows, outputs]: after y_range, before softmax or sigmoid. Calls queue up behind each other. */
  forward(encoded: TableRows, options: { signal?: AbortSignal } = {}): Promise<Float32Array> {
    return this.#next(() => this.#forward(encoded, options.signal));
  }

  /** The weights, unfolded and copied. */
  async tensors(): Promise<NamedTensors> {
    this.#checkUsable();
    return new Map([...(this.#tensors ?? [])].map(([name, values]) => [name, values.slice()]));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const { ready } of this.#sizes) ready?.then((trip) => trip.dispose()).catch(() => {});
    const disposeMakers = async () => {
      for (const { replay } of (await this.#readyMakers) ?? []) replay.dispose();
    };
    disposeMakers().catch(() => {}); // what did not compile has nothing to free
    this.#onDispose();
  }

  async #forward(encoded: TableRows, signal: AbortSignal | undefined): Promise<Float32Array> {
    const { outputs } = this.#network.config;
    const result = new Float32Array(encoded.rows * outputs);
    if (encoded.rows === 0) return result;
    await this.#loaded;
    const size = this.#sizeFor(encoded.rows);
    const trip = await this.#prepare(size);
    const underWay: { start: number; rows: number; values: Promise<Float32Array> }[] = [];
    const finish = async () => {
      const { start, rows, values } = underWay[0];
      result.set(withoutPadding(await values, rows, outputs), start * outputs);
      underWay.shift();
    };
    try {
      for (let start = 0; start < encoded.rows; start += size.rows) {
        if (underWay.length === UNDER_WAY) await finish();
        signal?.throwIfAborted();
        this.#checkUsable();
        const rows = Math.min(size.rows, encoded.rows - start);
        this.#upload(size.table, encoded, start, rows);
        const values = trip.run(evalStep(0, rows, 0), rows * rowStride(outputs));
        values.catch(() => {}); // awaited below, perhaps after another has failed
        underWay.push({ start, rows, values });
      }
      while (underWay.length > 0) await finish();
      return result;
    } catch (error) {
      this.#checkUsable(); // disposed meanwhile: say that, not which buffer is gone
      throw error;
    } finally {
      await Promise.allSettled(underWay.map(({ values }) => values));
    }
  }

  #upload(table: PredictionTable, { codes, continuous }: TableRows, start: number, rows: number): void {
    const { memory } = this.#runtime;
    const width = this.#network.config.continuous;
    if (table.words > 0) memory.upload(table.codes, this.#network.packCodes(codes, start, rows));
    if (width > 0)
      memory.upload(table.continuous, continuous.subarray(start * width, (start + rows) * width));
  }

  #sizeFor(rows: number): Size {
    return this.#sizes.find((size) => size.rows >= rows) ?? this.#sizes[this.#sizes.length - 1];
  }

  #record(rows: number): Size {
    const table = this.#network.table(rows);
    const output = matrix("predictions", rows, this.#network.config.outputs, "resident");
    // Blocks of 16 by 16 are for batches that fill them.
    const rec = new Recorder(`predict_${rows}`, this.#runtime);
    this.#network.forward(rec, table, rows, output);
    return { rows, table, output, recording: rec.finish(), ready: null };
  }

  #prepare(size: Size): Promise<RoundTrip> {
    size.ready ??= this.#runtime.prepare(size.recording).then((replay) => {
      size.recording = replay.recording;
      return new RoundTrip(this.#runtime, replay, size.output, UNDER_WAY);
    });
    return size.ready;
  }

  #prepareReadyMakers() {
    const makers = this.#network.makeReady().map(async ({ recording, step }) => {
      return { replay: await this.#runtime.prepare(recording), step };
    });
    return Promise.all(makers);
  }

  /**
   * Compiles all pipelines, size by size, and in between lets pass what was asked for: a first prediction, of few rows
   * most often, need not share the compiler, or on software adapters the CPU, with what only large ones use. A call that
   * is quicker than this compiles its own at once.
   */
  async #compile(): Promise<void> {
    for (const size of this.#sizes) {
      size.recording = await this.#runtime.compile(size.recording);
      await this.#queue;
    }
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(() => {
      this.#checkUsable();
      return work();
    });
    this.#queue = run.catch(() => {});
    return run;
  }

  #checkUsable(): void {
    if (this.#disposed) throw new OptionError("The engine was disposed; make another.");
  }
}

/** Batches whose activations stay within bounds, smallest first. */
function batchSizes(config: TabularModelConfig, isSoftware: boolean): number[] {
  const widest = rowStride(Math.max(config.outputs, ...config.layers));
  const most = Math.max(SIZES[1], Math.floor(MAX_ACTIVATION_BYTES / (4 * widest * 64)) * 64);
  return (isSoftware ? SIZES : SIZES_OF_GPUS)
    .map((rows) => Math.min(rows, most))
    .filter((rows, i, all) => rows !== all[i - 1]);
}

/**
 * A WebGPU engine for a model whose weights are given by PyTorch key.
 * @throws {OptionError} unless `tensors` are those of `config`
 * @throws {DeviceError} where there is no WebGPU, no adapter, or one that is too small
 */
export async function gpuInferenceEngine(
  config: TabularModelConfig,
  tensors: NamedTensors,
  options: GpuOptions = {},
): Promise<GpuInferenceEngine> {
  const runtime = await GpuRuntime.open(options);
  try {
    const engine = new GpuInferenceEngine(runtime, config, () => runtime.dispose());
    engine.load(tensors);
    return engine;
  } catch (error) {
    runtime.dispose();
    throw error;
  }
}
