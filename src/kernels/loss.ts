import type { BufferSpec } from "../gpu/buffer_spec.ts";

/** What every loss kernel reads and writes. */
export interface LossBuffers {
  readonly logits: BufferSpec;
  readonly targets: BufferSpec;
  readonly row_index: BufferSpec;
  readonly d_logits: BufferSpec;
  /** Ring of losses; a step writes the place its slot names. */
  readonly losses: BufferSpec;
}

/** Invocations of the one workgroup that takes the batch: a power of two, at most 256. */
export function lossThreads(rows: number): number {
  let threads = 32;
  while (threads < 256 && threads < rows) threads *= 2;
  return threads;
}
