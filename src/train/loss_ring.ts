import { type BufferSpec, resident } from "../gpu/buffer_spec.ts";
import type { BlockReader, Runtime } from "../scheduler/runtime.ts";

/** Losses the ring holds: far more than steps finish between two reads. */
const PLACES = 8192;

/** The losses of training steps, one place a step, read back in blocks a few times a second. */
export class LossRing {
  readonly spec: BufferSpec = resident("losses", [PLACES]);
  readonly #reader: BlockReader;
  #read = 0;

  constructor(runtime: Runtime) {
    this.#reader = runtime.reader(this.spec);
  }

  /** The place of step `step`, counted from the ring's beginning. */
  slot(step: number): number {
    return step % PLACES;
  }

  /** Whether steps up to `step` (exclusive) would soon overwrite losses not read yet. */
  isFull(step: number): boolean {
    return step - this.#read > PLACES / 2;
  }

  /** The losses of all steps up to `step` (exclusive) not read so far; they must have been begun. */
  async take(step: number): Promise<Float32Array> {
    const first = this.#read;
    if (step <= first) return new Float32Array();
    const ring = await this.#reader.read();
    const losses = Float32Array.from({ length: step - first }, (_, i) => ring[(first + i) % PLACES]);
    this.#read = step;
    return losses;
  }

  /** Forgets what was not read, e.g. after steps that were interrupted. */
  skipTo(step: number): void {
    this.#read = step;
  }

  dispose(): void {
    this.#reader.dispose();
  }
}
