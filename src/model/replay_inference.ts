import { type BufferSpec, matrix, rowStride } from "../gpu/buffer_spec.ts";
import { adapterLine } from "../gpu/device.ts";
import type { TableBuffers } from "../kernels/tensors.ts";
import { Recorder } from "../scheduler/recorder.ts";
import type { Recording } from "../scheduler/recording.ts";
import type { Prepared as PreparedReplay, Runtime } from "../scheduler/runtime.ts";
import type { StepValues } from "../scheduler/step_slots.ts";
import type { Network } from "./network.ts";
import type { NamedTensors } from "./parameters.ts";
import { ResidentTable, type TableRows } from "./resident_table.ts";

/** Rows resident at a time, and rows of one batch at most: few for a form, many for a file. */
const SIZES = [
  { chunk: 64, batch: 64 },
  { chunk: 16384, batch: 2048 },
] as const;

/** One evaluation batch: forward with running statistics into `output`, from the step's output_row on. */
export function recordEvalBatch(
  network: Network,
  table: TableBuffers,
  rows: number,
  output: BufferSpec,
  options: { readonly wide?: boolean } = {},
): Recording {
  const rec = new Recorder("eval_batch", options);
  network.forwardEval(rec, table, rows, output);
  return rec.finish();
}

/** The step slot of an evaluation batch: where it begins and how long it is; training's fields rest. */
export function evalStep(rowStart: number, rows: number, outputRow: number): StepValues {
  const rest = { loss_slot: 0, tick: 0, seed: 0, number: 0, lr: 0, decay: 1, mom: 0, sqr_mom: 0, eps: 1 };
  return {
    ...rest,
    row_start: rowStart,
    rows,
    output_row: outputRow,
    mom_correction: 1,
    sqr_mom_correction: 1,
  };
}

/** Drops the padding of rows: [rows, rowStride(width)] → [rows, width]. */
export function withoutPadding(values: Float32Array, rows: number, width: number): Float32Array {
  const stride = rowStride(width);
  if (stride === width) return values.slice(0, rows * width);
  const packed = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < width; j++) packed[row * width + j] = values[row * stride + j];
  }
  return packed;
}

interface Prepared {
  readonly table: ResidentTable;
  readonly output: BufferSpec;
  readonly replay: PreparedReplay;
  /** Rows of one step. */
  readonly batch: number;
}

/**
 * Runs a model forward by replaying a recorded batch, on WebGPU or through the kernels' twins. Also the engine of a
 * learner's model, which then shares the learner's weights.
 */
export class ReplayInferenceEngine {
  readonly #runtime: Runtime;
  readonly #network: Network;
  readonly #batchesTracked: () => number;
  readonly #onDispose: () => void;
  readonly #prepared = new Map<number, Promise<Prepared>>();
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** @param batchesTracked BatchNorm's num_batches_tracked. @param onDispose frees what the engine was given */
  constructor(runtime: Runtime, network: Network, batchesTracked: () => number, onDispose: () => void) {
    this.#runtime = runtime;
    this.#network = network;
    this.#batchesTracked = batchesTracked;
    this.#onDispose = onDispose;
  }

  get backend(): "webgpu" | "cpu" {
    return this.#runtime.backend;
  }

  get description(): string {
    return adapterLine(this.#runtime.adapter);
  }

  /** Outputs [rows, outputs]: after y_range, before softmax or sigmoid. Calls queue up behind each other. */
  forward(encoded: TableRows, options: { signal?: AbortSignal } = {}): Promise<Float32Array> {
    const run = this.#queue.then(() => this.#forward(encoded, options.signal));
    this.#queue = run.catch(() => {});
    return run;
  }

  async #forward(encoded: TableRows, signal: AbortSignal | undefined): Promise<Float32Array> {
    const { outputs } = this.#network.config;
    const result = new Float32Array(encoded.rows * outputs);
    const size = encoded.rows <= SIZES[0].chunk ? SIZES[0] : SIZES[1];
    if (encoded.rows === 0) return result;
    const { table, output, replay, batch } = await this.#prepare(size);
    for (let start = 0; start < encoded.rows; start += size.chunk) {
      signal?.throwIfAborted();
      const rows = Math.min(size.chunk, encoded.rows - start);
      table.upload(this.#runtime.memory, encoded, start, rows);
      const step = (i: number) => evalStep(i * batch, Math.min(batch, rows - i * batch), i * batch);
      await this.#runtime.replay(replay, Math.ceil(rows / batch), step, { signal });
      const values = await this.#runtime.read(output, rows * rowStride(outputs));
      result.set(withoutPadding(values, rows, outputs), start * outputs);
    }
    return result;
  }

  #prepare(size: (typeof SIZES)[number]): Promise<Prepared> {
    let prepared = this.#prepared.get(size.chunk);
    if (!prepared) {
      prepared = this.#record(size);
      this.#prepared.set(size.chunk, prepared);
    }
    return prepared;
  }

  async #record(size: (typeof SIZES)[number]): Promise<Prepared> {
    const { chunk } = size;
    const batch = Math.min(size.batch, this.#runtime.evalRows);
    const { config, layout } = this.#network;
    const { memory } = this.#runtime;
    const cardinalities = layout.embeddings.map(({ rows }) => rows);
    const table = new ResidentTable(cardinalities, config.continuous, 0, chunk, chunk);
    memory.upload(
      table.rowIndex,
      Uint32Array.from({ length: chunk }, (_, i) => i),
    );
    const output = matrix("predictions", chunk, config.outputs, "resident");
    const replay = await this.#runtime.prepare(recordEvalBatch(this.#network, table, batch, output, this.#runtime));
    return { table, output, replay, batch };
  }

  /** The weights as they are now, copied. */
  async tensors(): Promise<NamedTensors> {
    const { layout, arenas } = this.#network;
    const params = await this.#runtime.read(arenas.params, layout.size);
    const running = await this.#runtime.read(arenas.running, layout.runningSize);
    return layout.unpackAll(params, running, this.#batchesTracked());
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const prepared of this.#prepared.values()) {
      prepared.then(({ replay }) => replay.dispose()).catch(() => {}); // one that failed to compile has nothing to free
    }
    this.#onDispose();
  }
}

/** Uploads a model's weights and constants. */
export function uploadNetwork(runtime: Runtime, network: Network, tensors: NamedTensors): void {
  const { params, running } = network.layout.pack(tensors);
  runtime.memory.upload(network.arenas.params, params);
  runtime.memory.upload(network.arenas.running, running);
  for (const [spec, values] of network.constants()) runtime.memory.upload(spec, values);
}
