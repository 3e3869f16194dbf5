import { InternalError } from "../errors.ts";
import { type BufferSpec, byteLength, rowStride } from "../gpu/buffer_spec.ts";
import type { Variant } from "../gpu/kernel_source.ts";
import type { Grid, Work } from "../scheduler/recording.ts";
import type { RecordingTarget } from "../scheduler/variants.ts";

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

/** What a recording is cut for; a Recorder is one. */
type Target = Required<RecordingTarget>;

/**
 * How a workgroup that owns whole columns is cut, into `least` to `most` invocations; the constants of shaders/parts/block.wgsl and
 * block.wide.wgsl. A software adapter keeps the registers of every four that wait at a barrier: few are quicker there.
 */
const NARROW = { columns: 8, block: 8, lanes: 1, least: 8, most: 256 } as const;
const OWNED_COLUMNS = {
  narrow: NARROW,
  wide: { columns: 16, block: 16, lanes: 4, least: 16, most: 16 },
  staged: NARROW, // no staged kernel owns whole columns
} as const;

/** Slices of a block's sum at most, and steps of it that each is worth. */
const MOST_SLICES = 8;
const LEAST_STEPS = 32;

/** Workgroups with which a GPU is busy, roughly: large ones have as many processors. */
const BUSY = 128;

/**
 * Workgroups that own whole columns of a [rows, width] product of `steps` steps, and their invocations, a power of two for
 * the tree sums: one for each block of rows where that is allowed, on a GPU several where the rows alone leave it idle.
 */
export function columnOwners(
  rows: number,
  width: number,
  steps: number,
  { variant, software }: Target,
): { grid: Grid; overrides: { THREADS: number; SLICES: number } } {
  const { columns, block, lanes, least, most } = OWNED_COLUMNS[variant];
  let threads: number = least;
  while (threads < most && (threads / lanes) * block < rows) threads *= 2;
  let slices = 1;
  while (!software && slices < MOST_SLICES && threads < most && steps >= LEAST_STEPS * slices) {
    slices *= 2;
    threads *= 2;
  }
  return { grid: [Math.ceil(width / columns), 1, 1], overrides: { THREADS: threads, SLICES: slices } };
}

/**
 * Slices of a [rows, width] product of `steps` steps whose workgroups own 64 by 64: several where those are too few, unless
 * they share what they load.
 */
export function slicesOfBlocks(
  rows: number,
  width: number,
  steps: number,
  { variant, software }: Target,
): number {
  if (software || variant === "staged") return 1;
  const workgroups = Math.ceil(rows / 64) * Math.ceil(width / 64);
  let slices = 1;
  while (slices < MOST_SLICES && workgroups * slices < BUSY && steps >= LEAST_STEPS * slices) slices *= 2;
  return slices;
}

/** Rows of a column that one invocation of its workgroup adds up, at most: what the error of a sum grows with. */
export function rowsPerSum(rows: number, variant: Variant): number {
  const { columns } = OWNED_COLUMNS[variant];
  return Math.ceil(
    (rows * columns) / 4 / columnOwners(rows, 1, 0, { variant, software: true }).overrides.THREADS,
  );
}

/** The floor of a matrix product [m, k] · [k, n], `more` being floats that go along with it: read or written once. */
export function productWork(m: number, n: number, k: number, more = 0): Work {
  return { flops: 2 * m * n * k, bytes: 4 * (m * n + m * k + k * n + more) };
}
