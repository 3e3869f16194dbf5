/** Elements of a piece. */
const PIECE = 1 << 16;

type Elements = Int32Array | Float64Array;

/** An array that grows at its end by pieces: what it holds is never copied until it is whole. */
export class Growing<T extends Elements> {
  readonly #create: new (
    length: number,
  ) => T;
  readonly #full: T[] = [];
  #piece: T;
  #used = 0;
  #length = 0;

  constructor(create: new (length: number) => T) {
    this.#create = create;
    this.#piece = new create(0);
  }

  get length(): number {
    return this.#length;
  }

  /** Appends `count` elements and returns where to write them. */
  append(count: number): T {
    if (this.#used + count > this.#piece.length) {
      if (this.#used > 0) this.#full.push(this.#piece.subarray(0, this.#used) as T);
      this.#piece = new this.#create(Math.max(count, this.#length === 0 ? 1024 : PIECE));
      this.#used = 0;
    }
    this.#used += count;
    this.#length += count;
    return this.#piece.subarray(this.#used - count, this.#used) as T;
  }

  /** Takes back the last `count` of the elements appended last. */
  shorten(count: number): void {
    this.#used -= count;
    this.#length -= count;
  }

  /** What it holds, piece by piece. */
  pieces(): T[] {
    return [...this.#full, this.#piece.subarray(0, this.#used) as T];
  }

  /** What it holds, copied into one array. */
  whole(): T {
    const whole = new this.#create(this.#length);
    let at = 0;
    for (const piece of this.pieces()) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}
