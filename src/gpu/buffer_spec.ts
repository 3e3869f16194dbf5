/**
 * A named piece of GPU memory, not yet allocated. `resident` buffers live as long as their owner and are shared by
 * recordings (parameters, the table); `transient` ones hold intermediate results of one recording and may share memory.
 */
export interface BufferSpec {
  readonly label: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly lifetime: "resident" | "transient";
}

/** A resident buffer of 4-byte elements (f32 or u32). Never empty: a binding must have at least one element. */
export function resident(label: string, shape: readonly number[], elementBytes = 4): BufferSpec {
  return { label, shape, bytes: byteLength(shape, elementBytes), lifetime: "resident" };
}

/** A binding must hold at least one element of what the shader views it as; the largest such struct has 24 bytes. */
const SMALLEST = 32;

/** Bytes of a buffer of that shape: whole vec4s, so that a kernel may view it as such. */
export function byteLength(shape: readonly number[], elementBytes = 4): number {
  const elements = shape.reduce((product, n) => product * n, 1);
  return Math.max(SMALLEST, Math.ceil((elements * elementBytes) / 16) * 16);
}

/** Floats from one row of a matrix of activations to the next: rows are padded with zeros to whole vec4s. */
export function rowStride(width: number): number {
  return 4 * Math.ceil(width / 4);
}

/** A matrix whose rows are padded to whole vec4s; its shape is given without the padding. */
export function matrix(
  label: string,
  rows: number,
  width: number,
  lifetime: BufferSpec["lifetime"],
): BufferSpec {
  return { label, shape: [rows, width], bytes: byteLength([rows, rowStride(width)]), lifetime };
}
