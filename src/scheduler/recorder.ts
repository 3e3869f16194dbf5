import { InternalError } from "../errors.ts";
import { type BufferSpec, byteLength } from "../gpu/buffer_spec.ts";
import type { KernelSource, Variant } from "../gpu/kernel_source.ts";
import type { Dispatch, Grid, Recording, Work } from "./recording.ts";
import { chooseVariant, type RecordingTarget } from "./variants.ts";

type DimsOf<K extends KernelSource> = { [Field in keyof K["dims"]]: number };
type BuffersOf<K extends KernelSource> = { [Name in keyof K["bindings"]]: BufferSpec };

/** Largest number of workgroups in one dimension that every device accepts. */
export const MAX_GRID = 65535;

/** Collects the dispatches of a recording, in order. The GPU has seen nothing until the recording is replayed. */
export class Recorder {
  /** The variant of every kernel that has it. */
  readonly variant: Variant;
  /** Whether to spare a software adapter what fills a GPU: workgroups, slices of a sum. */
  readonly software: boolean;
  readonly #name: string;
  readonly #dispatches: Dispatch[] = [];
  readonly #written = new Set<BufferSpec>();

  /** @param target what the recording is for, a runtime for example; default: a GPU */
  constructor(name: string, target: RecordingTarget = {}) {
    this.#name = name;
    this.variant = target.variant ?? "narrow";
    this.software = target.software ?? this.variant === "wide";
  }

  /** An intermediate result of this recording; its memory is planned, and may be shared, at replay. */
  transient(label: string, shape: readonly number[]): BufferSpec {
    return { label, shape, bytes: byteLength(shape), lifetime: "transient" };
  }

  /**
   * Appends one dispatch. The kernel's bindings and the fields of its `dims` are named as in its WGSL, so a missing or
   * misspelt one does not compile.
   * @throws {InternalError} for a grid or a dimension no device takes, a buffer read and written at once, or a transient
   *   that is read before anything wrote it: its memory may hold another's values
   */
  dispatch<K extends KernelSource>(
    kernel: K,
    call: {
      grid: Grid;
      dims: DimsOf<K>;
      buffers: BuffersOf<K>;
      overrides?: Partial<Record<keyof K["overrides"], number>>;
      note?: string;
      work?: Work;
      /** False where no workgroup owns 64 by 64 of the product, though the kernel can have it so. */
      staged?: boolean;
    },
  ): void {
    const where = `${this.#name}, dispatch ${this.#dispatches.length + 1}, ${kernel.name}`;
    const dims: Readonly<Record<string, number>> = call.dims;
    const buffers: Readonly<Record<string, BufferSpec>> = call.buffers;
    for (const [field, type] of Object.entries(kernel.dims)) {
      const value = dims[field];
      const whole = type === "f32" || (Number.isInteger(value) && value >= 0 && value < 2 ** 32);
      if (!Number.isFinite(value) || !whole)
        throw new InternalError(`${where}: dims.${field} is ${value}, needs ${type}.`);
    }
    for (const n of call.grid) {
      if (!Number.isInteger(n) || n < 1 || n > MAX_GRID) {
        throw new InternalError(
          `${where}: the grid is ${call.grid.join("×")}; each side is 1 to ${MAX_GRID}.`,
        );
      }
    }
    const names = Object.keys(kernel.bindings);
    for (const name of names) {
      if (!buffers[name]) throw new InternalError(`${where}: no buffer for "${name}".`);
      const shared = names.find((other) => other !== name && buffers[other] === buffers[name]);
      if (shared && kernel.bindings[name].access === "read_write") {
        throw new InternalError(
          `${where}: "${name}" is written and is also "${shared}" (${buffers[name].label}).`,
        );
      }
      const isRead = kernel.bindings[name].access === "read";
      if (isRead && buffers[name].lifetime === "transient" && !this.#written.has(buffers[name])) {
        throw new InternalError(
          `${where}: "${name}" is read, but nothing before wrote the transient ${buffers[name].label}.`,
        );
      }
    }
    for (const name of names) {
      if (kernel.bindings[name].access === "read_write") this.#written.add(buffers[name]);
    }
    const overrides = { ...kernel.overrides, ...call.overrides } as Record<string, number>;
    const { grid, note = "", work, staged } = call;
    const variants = chooseVariant(kernel, { overrides, work, staged }, this);
    this.#dispatches.push({ kernel, ...variants, dims, buffers, overrides, grid, note, work });
  }

  finish(): Recording {
    return { name: this.#name, dispatches: this.#dispatches };
  }
}

/** A grid of at least `workgroups` workgroups, folded over x and y where one dimension cannot hold them. */
export function foldGrid(workgroups: number): Grid {
  const x = Math.min(workgroups, MAX_GRID);
  return [x, Math.ceil(workgroups / x), 1];
}

export function ceilDiv(a: number, b: number): number {
  return Math.ceil(a / b);
}
