import { InternalError } from "../errors.ts";
import { type BufferSpec, byteLength, rowStride } from "../gpu/buffer_spec.ts";

/** Throws unless every buffer has the shape a kernel needs. */
export function checkShape(
  kernel: string,
  buffers: Record<string, BufferSpec>,
  shape: readonly number[],
): void {
  for (const [name, buffer] of Object.entries(buffers)) {
    if (buffer.shape.length !== shape.length || buffer.shape.some((n, i) => n !== shape[i])) {
      throw new InternalError(
        `${kernel}: ${name} is [${buffer.shape.join(", ")}], needed is [${shape.join(", ")}].`,
      );
    }
  }
}

/** Like checkShape for matrices whose rows are padded to whole vec4s (`matrix` makes them): one that is not is refused. */
export function checkMatrix(
  kernel: string,
  buffers: Record<string, BufferSpec>,
  shape: readonly [number, number],
): void {
  checkShape(kernel, buffers, shape);
  const padded = byteLength([shape[0], rowStride(shape[1])]);
  for (const [name, buffer] of Object.entries(buffers)) {
    if (buffer.bytes !== padded) {
      throw new InternalError(
        `${kernel}: ${name} has ${buffer.bytes} bytes, with padded rows it needs ${padded}.`,
      );
    }
  }
}

/**
 * Invocations of a workgroup that owns columns over all rows: one for each 8 rows, a power of two for the tree sums,
 * at most 64, so that two vec4 each fit the smallest workgroup memory many times over.
 */
export function threadsForRows(rows: number): number {
  let threads = 8;
  while (threads < 64 && threads * 8 < rows) threads *= 2;
  return threads;
}
