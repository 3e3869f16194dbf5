import { pipelineKey } from "../gpu/kernel_source.ts";
import type { Dispatch, Recording } from "./recording.ts";

/** One dispatch of a profile: what it ran, how long it took, and what it must have done at least. */
export interface DispatchProfile {
  /** Kernel and the overrides it is compiled for. */
  readonly kernel: string;
  /** Which layer, as in `describe()`. */
  readonly note: string;
  /** Milliseconds, the median of the steps measured. */
  readonly ms: number;
  /** Floating-point operations that the result needs; 0 where it only moves data. */
  readonly flops: number;
  /** The fewest bytes it must read and write: every operand once. */
  readonly bytes: number;
}

/** Where the time of a step goes, dispatch by dispatch. */
export interface Profile {
  /** The adapter in one line, saying so where it is software. */
  readonly adapter: string;
  /** Steps measured. */
  readonly steps: number;
  /** Milliseconds of all dispatches of a step; what lies between them is not in it. */
  readonly ms: number;
  readonly dispatches: readonly DispatchProfile[];
  /** As a table: a line per dispatch with its share, GFLOP/s and GB/s. */
  toString(): string;
}

/** @param times milliseconds, [steps][dispatches] */
export function profileOf(recording: Recording, adapter: string, times: readonly Float64Array[]): Profile {
  const dispatches = recording.dispatches.map((dispatch, i) => ({
    kernel: pipelineKey(dispatch),
    note: dispatch.note,
    ms: median(times.map((step) => step[i])),
    ...workOf(dispatch),
  }));
  const ms = dispatches.reduce((sum, d) => sum + d.ms, 0);
  return {
    adapter,
    steps: times.length,
    ms,
    dispatches,
    toString: () => profileTable(adapter, ms, dispatches),
  };
}

function workOf({ work }: Dispatch): { flops: number; bytes: number } {
  return { flops: work?.flops ?? 0, bytes: work?.bytes ?? 0 };
}

function profileTable(adapter: string, total: number, dispatches: readonly DispatchProfile[]): string {
  const rate = (amount: number, ms: number) =>
    amount > 0 && ms > 0 ? (amount / ms / 1e6).toPrecision(3) : "";
  const rows = [
    ["", "ms", "share", "GFLOP/s", "GB/s", "kernel", ""],
    ...dispatches.map(({ kernel, note, ms, flops, bytes }, i) => [
      `${i + 1}`,
      ms.toFixed(3),
      total > 0 ? `${((100 * ms) / total).toFixed(1)} %` : "",
      rate(flops, ms),
      rate(bytes, ms),
      kernel,
      note,
    ]),
    [
      "",
      total.toFixed(3),
      "",
      rate(sumOf(dispatches, "flops"), total),
      rate(sumOf(dispatches, "bytes"), total),
      "all",
      "",
    ],
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: string[]) =>
    row
      .map((cell, c) => (c < 5 ? cell.padStart(widths[c]) : cell.padEnd(widths[c])))
      .join("  ")
      .trimEnd();
  return [adapter, ...rows.map(line)].join("\n");
}

function sumOf(dispatches: readonly DispatchProfile[], field: "flops" | "bytes"): number {
  return dispatches.reduce((sum, dispatch) => sum + dispatch[field], 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
