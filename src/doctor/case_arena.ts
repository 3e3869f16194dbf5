import { rowStride } from "../gpu/buffer_spec.ts";

/** Floats at whose multiples tensors begin in an arena. */
const ALIGNMENT = 64;

/**
 * An arena for one kernel's case: tensors aligned and padded with zeros to whole vec4s as the model's arena does, and
 * NaN in the gaps between them, which no result may depend on.
 */
export class CaseArena {
  readonly #values: number[] = [];

  /** Places a matrix [rows, width], its rows padded with zeros. Returns where it begins, in floats. */
  matrix(values: ArrayLike<number>, width: number): number {
    const offset = this.#begin();
    for (let i = 0; i < values.length; i += width) {
      for (let j = 0; j < rowStride(width); j++) this.#values.push(j < width ? values[i + j] : 0);
    }
    return offset;
  }

  /** Places a vector, padded with zeros. */
  vector(values: ArrayLike<number>): number {
    return this.matrix(values, values.length);
  }

  /** Places a table [rows, width] without padding between rows, as embeddings lie. */
  table(values: ArrayLike<number>): number {
    const offset = this.#begin();
    for (let i = 0; i < values.length; i++) this.#values.push(values[i]);
    return offset;
  }

  /** The whole arena, a multiple of the alignment. */
  get floats(): Float32Array {
    this.#fill();
    return Float32Array.from(this.#values);
  }

  #begin(): number {
    // A gap before the first tensor too: an offset of 0 would hide that a kernel ignores it.
    if (this.#values.length === 0) this.#values.push(Number.NaN);
    this.#fill();
    return this.#values.length;
  }

  #fill(): void {
    while (this.#values.length % ALIGNMENT !== 0) this.#values.push(Number.NaN);
  }
}
