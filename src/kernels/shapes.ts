import { InternalError } from "../errors.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";

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

/**
 * Invocations of a workgroup that owns columns over all rows: one for each 8 rows, a power of two for the tree sums,
 * at most 64, so that two vec4 each fit the smallest workgroup memory many times over.
 */
export function threadsForRows(rows: number): number {
  let threads = 8;
  while (threads < 64 && threads * 8 < rows) threads *= 2;
  return threads;
}
