import { InternalError } from "../errors.ts";
import { type BufferSpec, matrix, resident, rowStride } from "../gpu/buffer_spec.ts";
import type { Variant } from "../gpu/kernel_source.ts";
import { Recorder } from "../scheduler/recorder.ts";
import type { Dispatch, Grid } from "../scheduler/recording.ts";
import type { StepValues } from "../scheduler/step_slots.ts";

/**
 * Bits of a NaN no kernel computes: outputs hold it before the run, and so does every input element a kernel has no
 * business with. A write that never happened shows, and so does a read beyond what the header promises.
 */
export const SENTINEL = 0x7fc0abcd;

/** What the twin left in the buffers of a case: exact results in f64, u32 as they are. By the name of the binding. */
export type ExactBuffers = Readonly<Record<string, Float64Array | Uint32Array>>;

/** How far from exact each float of a buffer may be; by binding, as long as the buffer. Bindings left out are exact. */
export type ErrorBounds = Readonly<Record<string, Float64Array | undefined>>;

/** One dispatch with everything it reads: what a kernel is asked to do, as data. */
export interface KernelCase {
  /** The sizes, in a few words. */
  readonly title: string;
  /** As the kernel's room in src/kernels recorded it. */
  readonly dispatch: Dispatch;
  /** The same for other variants, where they have other parts of the kernel or other sizes of them. */
  readonly others: Readonly<Partial<Record<Variant, Dispatch>>>;
  readonly step: StepValues;
  /** Every word of every buffer before the run. */
  readonly contents: ReadonlyMap<BufferSpec, Uint32Array>;
  /** The bound stated in the kernel's header; whatever it does not reach, padding too, must be exact. */
  readonly bounds: (exact: ExactBuffers) => ErrorBounds;
}

/** Makes the buffers of a case and, in the end, the case. */
export class CaseBuffers {
  readonly #contents = new Map<BufferSpec, Uint32Array>();

  /** An input of f32 or u32, as long as `values`; what the buffer has beyond is the sentinel. */
  input(
    label: string,
    values: Float32Array | Uint32Array,
    shape: readonly number[] = [values.length],
  ): BufferSpec {
    return this.#add(resident(label, shape), bitsOf(values));
  }

  /** An input of `rows` rows padded with zeros to whole vec4s; rows that `values` does not reach are the sentinel. */
  inputMatrix(label: string, rows: number, width: number, values: Float32Array | Uint32Array): BufferSpec {
    const stride = rowStride(width);
    const padded = new Uint32Array((values.length / width) * stride);
    bitsOf(values).forEach((word, i) => {
      padded[Math.floor(i / width) * stride + (i % width)] = word;
    });
    return this.#add(matrix(label, rows, width, "resident"), padded);
  }

  /** An output, all sentinel. */
  output(label: string, shape: readonly number[]): BufferSpec {
    return this.#add(resident(label, shape), new Uint32Array());
  }

  outputMatrix(label: string, rows: number, width: number): BufferSpec {
    return this.#add(matrix(label, rows, width, "resident"), new Uint32Array());
  }

  /** The case of the one dispatch that `record` records. */
  case(
    title: string,
    record: (rec: Recorder) => void,
    step: StepValues,
    bounds: KernelCase["bounds"],
  ): KernelCase {
    const recorded = (variant: Variant) => {
      const rec = new Recorder("kernel_case", { variant });
      record(rec);
      const { dispatches } = rec.finish();
      if (dispatches.length !== 1) {
        throw new InternalError(`case "${title}" records ${dispatches.length} dispatches, a case has one.`);
      }
      return dispatches[0];
    };
    const dispatch = recorded("narrow");
    const others: Partial<Record<Variant, Dispatch>> = {};
    for (const variant of ["wide", "staged"] as const) {
      const other = recorded(variant);
      if (other.variant !== "narrow" || sizesOf(other) !== sizesOf(dispatch)) others[variant] = other;
    }
    return { title, dispatch, others, step, contents: this.#contents, bounds };
  }

  #add(spec: BufferSpec, bits: Uint32Array): BufferSpec {
    const words = new Uint32Array(spec.bytes / 4).fill(SENTINEL);
    words.set(bits);
    this.#contents.set(spec, words);
    return spec;
  }
}

/** The case as it is recorded for a variant, once for each of those that do not come to the same. */
export function inVariants(kernelCase: KernelCase, variants: readonly Variant[]): KernelCase[] {
  const { dispatch, others } = kernelCase;
  return [...new Set(variants.map((variant) => others[variant] ?? dispatch))].map((one) => ({
    ...kernelCase,
    dispatch: one,
  }));
}

/** The case with another grid than the kernel's room computes, as far larger sizes would need it; in all variants. */
export function onGrid(kernelCase: KernelCase, grid: Grid | undefined): KernelCase {
  if (!grid) return kernelCase;
  const { dispatch, others } = kernelCase;
  const moved = Object.entries(others).map(([variant, other]) => [variant, { ...other, grid }]);
  return { ...kernelCase, dispatch: { ...dispatch, grid }, others: Object.fromEntries(moved) };
}

/** Sizes as a case's title: `rows 9, fanIn 7, bias true`. */
export function titleOf(sizes: object): string {
  return Object.entries(sizes)
    .filter(([, value]) => value !== undefined && typeof value !== "function")
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ");
}

function sizesOf({ dims, overrides, grid }: Dispatch): string {
  return JSON.stringify({ dims, overrides, grid });
}

function bitsOf(values: Float32Array | Uint32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
