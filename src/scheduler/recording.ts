import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { type KernelUse, pipelineKey, type Variant } from "../gpu/kernel_source.ts";

/**
 * A recording is the order of work as plain data: which kernel runs on which buffers over which grid. It knows no GPU;
 * it can be checked, printed and compared anywhere. `replay.ts` carries it out.
 */

export type Grid = readonly [x: number, y: number, z: number];

/** One dispatch: everything about it that does not change from step to step. */
export interface Dispatch extends KernelUse {
  readonly dims: Readonly<Record<string, number>>;
  readonly buffers: Readonly<Record<string, BufferSpec>>;
  readonly grid: Grid;
  /** What this dispatch is for, where the kernel's name does not tell, e.g. the layer. */
  readonly note: string;
  /** What it must do at least; profiles hold its time against it. */
  readonly work?: Work;
  /** Variants with the same bits on the same grid, between which the runtime may choose by the clock. */
  readonly alternatives?: readonly Variant[];
}

/** The floor of a dispatch: floating-point operations that its result needs, and bytes if every operand is moved once. */
export interface Work {
  readonly flops: number;
  readonly bytes: number;
}

export interface Recording {
  readonly name: string;
  readonly dispatches: readonly Dispatch[];
}

/** The buffers of a recording, each once, in order of first use. */
export function buffersOf(recording: Recording): BufferSpec[] {
  return [...new Set(recording.dispatches.flatMap((d) => Object.values(d.buffers)))];
}

/** One dispatch a line: what it reads → what it writes, with shapes. For people and for snapshot tests. */
export function describe(recording: Recording): string {
  const shape = (b: BufferSpec) => `${b.label} [${b.shape.join(", ")}]`;
  const rows = recording.dispatches.map((d, i) => {
    const named = (access: "read" | "read_write") =>
      Object.entries(d.buffers)
        .filter(([name]) => d.kernel.bindings[name].access === access)
        .map(([, buffer]) => shape(buffer))
        .join("  ");
    return [
      `${i + 1}`,
      pipelineKey(d),
      d.grid.join("×"),
      d.note,
      `${named("read")}  →  ${named("read_write")}`,
    ];
  });
  const widths = [0, 1, 2, 3].map((c) => Math.max(0, ...rows.map((r) => r[c].length)));
  const lines = rows.map((r) => r.map((cell, c) => (c < 4 ? cell.padEnd(widths[c]) : cell)).join("  "));
  const pipelines = new Set(recording.dispatches.map(pipelineKey)).size;
  return [
    `${recording.name}: ${recording.dispatches.length} dispatches, ${pipelines} pipelines`,
    ...lines,
  ].join("\n");
}
