import type { EncodedTable } from "../data/preprocessing.ts";
import { DeviceError } from "../errors.ts";
import type { NamedTensors } from "../model/parameters.ts";
import type { InferenceEngine } from "./tabular_model.ts";

/** Milliseconds: a call that is shorter on the CPU cannot gain by a GPU, whose round trip takes about as long. */
const ROUND_TRIP = 2;
/** Milliseconds that longer calls take in all before a GPU is opened: about what opening it costs. */
const WORTH_OPENING = 50;
/** Rows that the CPU runs before it looks whether a GPU is there by now. */
const SLICE_ROWS = 1024;
/** The two sizes of call that a GPU's cost is measured at, and how often. */
const SMALL_CALL = 64;
const LARGE_CALL = 4096;
const REPEATS = 4;

/** Milliseconds of a call: fixed + perRow · rows. */
interface Cost {
  readonly fixed: number;
  readonly perRow: number;
}

/** What an {@link AutoInferenceEngine} is made of. */
export interface AutoEngineParts {
  readonly cpu: InferenceEngine;
  /** Opens the GPU. @throws {DeviceError} where there is none worth trying */
  readonly openGpu: () => Promise<InferenceEngine>;
  /** Gets the reason when the CPU stays alone, or is alone again. */
  readonly onFallback?: (reason: string) => void;
  /** Milliseconds; tests hand in a clock of their own. */
  readonly now?: () => number;
}

/**
 * Runs each call where it is quicker, by what calls were measured to cost. The CPU answers from the start and is timed
 * while it does. Once the calls that a GPU may shorten have taken as long as opening one takes, it is opened and compiled
 * in the background, then timed at two sizes with rows of the call at hand, once for this model; from then on a call goes
 * to the GPU from the number of rows on at which it wins. A call that is under way is carried on there.
 */
export class AutoInferenceEngine implements InferenceEngine {
  readonly #parts: AutoEngineParts;
  readonly #now: () => number;
  #gpu: InferenceEngine | null = null;
  /** Rows from which a call goes to the GPU; null until that is known. */
  #gpuFrom: number | null = null;
  #gpuCost: Cost | null = null;
  /** While the GPU is timed; the CPU rests then, or it would be timed too. */
  #timing: Promise<void> | null = null;
  #opened = false;
  /** Milliseconds and rows of the CPU's calls that a GPU might have shortened. */
  #spent = 0;
  #spentRows = 0;
  #last: InferenceEngine;
  #alone: string | null = null;
  #disposed = false;

  constructor(parts: AutoEngineParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    this.#last = parts.cpu;
  }

  /** Where the latest call ran, or its latest rows; the CPU before the first. */
  get backend(): "webgpu" | "cpu" {
    return this.#last.backend;
  }

  get description(): string {
    return this.#last.description;
  }

  get plan(): string {
    const { cpu } = this.#parts;
    if (this.#alone !== null) return `${cpu.description}: ${this.#alone}`;
    if (this.#gpuFrom === null) return `${cpu.description}, until calls are large enough to try a GPU`;
    if (this.#gpu === null) return `${cpu.description}: quicker than the GPU at any number of rows`;
    const { fixed, perRow } = this.#gpuCost!;
    const onGpu = `${this.#gpu.description} (${ms(fixed)} + ${ms(perRow)} a row)`;
    if (this.#gpuFrom <= 1) return onGpu;
    return `below ${this.#gpuFrom} rows ${cpu.description} (${ms(this.#cpuPerRow())} a row), from there ${onGpu}`;
  }

  async forward(encoded: EncodedTable, options: { signal?: AbortSignal } = {}): Promise<Float32Array> {
    if (encoded.rows <= SLICE_ROWS) return this.#run(encoded, options);
    const parts: Float32Array[] = [];
    for (let start = 0; start < encoded.rows; ) {
      if (this.#timing) await this.#timing;
      const left = encoded.rows - start;
      // Once it is known who is quicker, slices have served their purpose.
      const rows = this.#gpuFrom === null ? Math.min(SLICE_ROWS, left) : left;
      parts.push(await this.#run(slice(encoded, start, rows), options));
      start += rows;
    }
    return joined(parts);
  }

  /** One call, or one slice of it, wherever it is quicker as far as is known. */
  async #run(encoded: EncodedTable, options: { signal?: AbortSignal }): Promise<Float32Array> {
    if (this.#gpu && this.#gpuFrom !== null && encoded.rows >= this.#gpuFrom) {
      try {
        this.#last = this.#gpu;
        return await this.#gpu.forward(encoded, options);
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error; // an abort, or a fault that must not hide
        this.stayOnCpu(error.message);
      }
    }
    this.#last = this.#parts.cpu;
    if (this.#gpuFrom !== null) return this.#parts.cpu.forward(encoded, options);
    const began = this.#now();
    const outputs = await this.#parts.cpu.forward(encoded, options);
    this.#count(encoded, this.#now() - began);
    return outputs;
  }

  /** Learns from a call on the CPU, and opens the GPU when such calls have cost enough. */
  #count(encoded: EncodedTable, took: number): void {
    if (took <= ROUND_TRIP) return; // too short, too, for the clocks of some browsers
    this.#spent += took;
    this.#spentRows += encoded.rows;
    if (this.#opened || this.#spent < WORTH_OPENING) return;
    this.#opened = true;
    void this.#tryGpu(encoded);
  }

  /** Opens the GPU, times it and decides; never rejects. */
  async #tryGpu(sample: EncodedTable): Promise<void> {
    try {
      const gpu = await this.#parts.openGpu();
      this.#gpu = gpu;
      if (this.#disposed) return;
      const [small, large] = [SMALL_CALL, LARGE_CALL].map((rows) => repeated(sample, rows));
      for (const call of [small, large]) await gpu.forward(call); // compiles
      this.#timing = this.#decide(gpu, small, large);
      await this.#timing;
    } catch (error) {
      this.stayOnCpu(error instanceof Error ? error.message : String(error));
    } finally {
      this.#timing = null;
      if (this.#disposed) this.#dropGpu();
    }
  }

  async #decide(gpu: InferenceEngine, small: EncodedTable, large: EncodedTable): Promise<void> {
    const [short, long] = [await this.#timed(gpu, small), await this.#timed(gpu, large)];
    const perRow = Math.max(0, (long - short) / (large.rows - small.rows));
    const fixed = Math.max(0, short - perRow * small.rows);
    this.#gpuCost = { fixed, perRow };
    const gain = this.#cpuPerRow() - perRow;
    this.#gpuFrom = gain > 0 ? Math.max(1, Math.ceil(fixed / gain)) : Number.POSITIVE_INFINITY;
    if (gain <= 0) this.#dropGpu();
  }

  /** Milliseconds of a call; of several in a row, as the clocks of some browsers tick once a millisecond. */
  async #timed(gpu: InferenceEngine, call: EncodedTable): Promise<number> {
    const began = this.#now();
    for (let i = 0; i < REPEATS; i++) await gpu.forward(call);
    return (this.#now() - began) / REPEATS;
  }

  #cpuPerRow(): number {
    return this.#spent / this.#spentRows;
  }

  /** No GPU from here on, for a reason that is told once. */
  stayOnCpu(reason: string): void {
    this.#opened = true;
    this.#gpuFrom = Number.POSITIVE_INFINITY;
    this.#dropGpu();
    if (this.#alone !== null || this.#disposed) return;
    this.#alone = reason;
    this.#parts.onFallback?.(reason);
  }

  #dropGpu(): void {
    this.#gpu?.dispose();
    this.#gpu = null;
  }

  tensors(): Promise<NamedTensors> {
    return this.#parts.cpu.tensors();
  }

  dispose(): void {
    this.#disposed = true;
    this.#parts.cpu.dispose();
    this.#dropGpu();
  }
}

/** Rows `start` … `start + rows − 1`, without a copy. */
function slice({ rows: all, codes, continuous }: EncodedTable, start: number, rows: number): EncodedTable {
  const part = <T extends Uint32Array | Float32Array>(values: T): T => {
    const width = values.length / all;
    return values.subarray(start * width, (start + rows) * width) as T;
  };
  return { rows, codes: part(codes), continuous: part(continuous), targets: null };
}

/** The table's rows over and over until there are `rows`. */
function repeated({ rows: given, codes, continuous }: EncodedTable, rows: number): EncodedTable {
  const cycle = <T extends Uint32Array | Float32Array>(values: T, to: T): T =>
    to.map((_, i) => values[i % values.length]) as T;
  return {
    rows,
    codes: cycle(codes, new Uint32Array((codes.length / given) * rows)),
    continuous: cycle(continuous, new Float32Array((continuous.length / given) * rows)),
    targets: null,
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0];
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function ms(value: number): string {
  return `${Number(value.toPrecision(2))} ms`;
}
