import { expect } from "vitest";
import { type KernelCase, SENTINEL } from "../../src/doctor/kernel_case.ts";
import { executeCase, failureOf, runCase } from "../../src/doctor/run_case.ts";
import { type BufferSpec, matrix, resident, rowStride } from "../../src/gpu/buffer_spec.ts";
import type { GpuRuntime } from "../../src/scheduler/gpu_runtime.ts";
import { Recorder } from "../../src/scheduler/recorder.ts";
import type { StepValues } from "../../src/scheduler/step_slots.ts";
import { openRuntime } from "./gpu.ts";

export { U } from "../../src/doctor/bounds.ts";
export { stepOf } from "../../src/doctor/kernel_case.ts";

let shared: Promise<GpuRuntime> | undefined;

/** One runtime for all kernel tests of a page, so that each pipeline compiles once. */
export function kernelRuntime(): Promise<GpuRuntime> {
  shared ??= openRuntime();
  return shared;
}

/** Runs a case on the shared device and asserts that every word of every buffer is as the kernel's twin says. */
export async function checkCase(kernelCase: KernelCase): Promise<void> {
  const result = await runCase(await kernelRuntime(), kernelCase);
  if (!result.passed) expect.fail(failureOf(result));
}

/** What a case leaves in its buffers, word by word and by binding: for what the comparison with the twin cannot say. */
export async function wordsOf(kernelCase: KernelCase): Promise<Record<string, Uint32Array>> {
  return executeCase(await kernelRuntime(), kernelCase);
}

/** The buffers of one recorded dispatch: filled, run, read back, freed. */
export class KernelRun {
  readonly #runtime: GpuRuntime;
  readonly #specs: BufferSpec[] = [];

  private constructor(runtime: GpuRuntime) {
    this.#runtime = runtime;
  }

  static async open(): Promise<KernelRun> {
    return new KernelRun(await kernelRuntime());
  }

  /** An input of f32 or u32, as long as `values`; what the buffer has beyond is the sentinel. */
  input(
    label: string,
    values: Float32Array | Uint32Array,
    shape: readonly number[] = [values.length],
  ): BufferSpec {
    const spec = resident(label, shape);
    this.#upload(spec, values instanceof Uint32Array ? values : bitsOf(values));
    return spec;
  }

  /** An input of `rows` rows padded with zeros to whole vec4s; rows that `values` does not reach are the sentinel. */
  inputMatrix(label: string, rows: number, width: number, values: Float32Array | Uint32Array): BufferSpec {
    const spec = matrix(label, rows, width, "resident");
    const stride = rowStride(width);
    const bits = values instanceof Uint32Array ? values : bitsOf(values);
    const padded = new Uint32Array((values.length / width) * stride);
    bits.forEach((word, i) => {
      padded[Math.floor(i / width) * stride + (i % width)] = word;
    });
    this.#upload(spec, padded);
    return spec;
  }

  /** An output, all sentinel. */
  output(label: string, shape: readonly number[]): BufferSpec {
    const spec = resident(label, shape);
    this.#upload(spec, new Uint32Array());
    return spec;
  }

  outputMatrix(label: string, rows: number, width: number): BufferSpec {
    const spec = matrix(label, rows, width, "resident");
    this.#upload(spec, new Uint32Array());
    return spec;
  }

  /** Records with `record`, replays once per given step, and waits. */
  async run(record: (rec: Recorder) => void, ...steps: StepValues[]): Promise<void> {
    const rec = new Recorder("kernel_test");
    record(rec);
    const replay = await this.#runtime.prepare(rec.finish());
    this.#runtime.submit(replay, steps);
    await this.#runtime.guard(this.#runtime.device.queue.onSubmittedWorkDone());
    replay.dispose();
  }

  /** The first `count` words of a buffer; asserts that nothing behind them was written. */
  async words(spec: BufferSpec, count = product(spec.shape)): Promise<Uint32Array> {
    const all = new Uint32Array(await this.#runtime.memory.download(spec, spec.bytes / 4));
    expect(countNot(all.subarray(count), SENTINEL), `${spec.label}: words written behind ${count}`).toBe(0);
    return all.subarray(0, count);
  }

  /** The first `count` floats of a buffer; asserts that nothing behind them was written. */
  async floats(spec: BufferSpec, count = product(spec.shape)): Promise<Float32Array> {
    const words = await this.words(spec, count);
    return new Float32Array(words.buffer, words.byteOffset, words.length);
  }

  /** A whole buffer, padding included, and where it no longer holds the sentinel. */
  async written(
    spec: BufferSpec,
  ): Promise<{ floats: Float32Array; words: Uint32Array; isWritten: boolean[] }> {
    const words = new Uint32Array(await this.#runtime.memory.download(spec, spec.bytes / 4));
    return {
      floats: new Float32Array(words.buffer),
      words,
      isWritten: Array.from(words, (word) => word !== SENTINEL),
    };
  }

  /**
   * Rows `first` … `first + rows − 1` of a padded matrix, without the padding. Asserts that the padding is zero and that
   * no other row was written.
   */
  async rows(spec: BufferSpec, rows: number, first = 0): Promise<Float32Array> {
    const [, width] = spec.shape;
    const stride = rowStride(width);
    const all = new Uint32Array(await this.#runtime.memory.download(spec, spec.bytes / 4));
    const floats = new Float32Array(all.buffer);
    const result = new Float32Array(rows * width);
    let paddingNotZero = 0;
    for (let row = 0; row < rows; row++) {
      const at = (first + row) * stride;
      result.set(floats.subarray(at, at + width), row * width);
      for (let j = width; j < stride; j++) if (floats[at + j] !== 0) paddingNotZero++;
    }
    expect(paddingNotZero, `${spec.label}: padding that is not zero`).toBe(0);
    const before = all.subarray(0, first * stride);
    const behind = all.subarray((first + rows) * stride);
    const outside = countNot(before, SENTINEL) + countNot(behind, SENTINEL);
    expect(outside, `${spec.label}: elements written outside the step's rows`).toBe(0);
    return result;
  }

  dispose(): void {
    for (const spec of this.#specs) this.#runtime.memory.free(spec);
  }

  #upload(spec: BufferSpec, bits: Uint32Array): void {
    const words = new Uint32Array(spec.bytes / 4).fill(SENTINEL);
    words.set(bits);
    this.#runtime.memory.upload(spec, words);
    this.#specs.push(spec);
  }
}

/** Runs `body` with the buffers of one dispatch and frees them whatever happens. */
export async function withKernel<T>(body: (run: KernelRun) => Promise<T>): Promise<T> {
  const run = await KernelRun.open();
  try {
    return await body(run);
  } finally {
    run.dispose();
  }
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, n) => all * n, 1);
}

function countNot(words: Uint32Array, word: number): number {
  return words.reduce((count, w) => count + Number(w !== word), 0);
}
