/** The adapter's ceilings, and how near to them training and inference come. */
import { textTable } from "../../src/cli/text_table.ts";
import type { Ceilings, CeilingsWork } from "../page/ceilings.ts";
import {
  FOLDED_MACS_PER_ROW,
  INPUTS,
  LAYERS,
  MACS_PER_ROW,
  TRAINING_FLOPS_PER_ROW,
} from "../rossmann/shape.ts";
import { short } from "../tables.ts";
import type { Comparison } from "./compare.ts";

/** Nothing is in the way of a kernel here: no narrow side, no padding. */
const BEST_SHAPE = [1024, 1024, 1024] as const;

export function ceilingsWork(batches: readonly number[], slice: number): CeilingsWork {
  const own = batches.flatMap((rows) => [
    [rows, INPUTS, LAYERS[0]] as const,
    [rows, LAYERS[0], LAYERS[1]] as const,
  ]);
  return { shapes: [BEST_SHAPE, ...own], slice };
}

/** GFLOP/s of the best kernel on its best shape. */
export function bestRate({ matmul }: Ceilings): number {
  return Math.max(...matmul.flatMap(({ kernels }) => Object.values(kernels).map((rate) => rate ?? 0)));
}

export function ceilingsTable(ceilings: Ceilings): string {
  const kernels = Object.keys(ceilings.matmul[0].kernels);
  const rates = textTable(
    ["matrix product, GFLOP/s", ...kernels],
    ceilings.matmul.map(({ shape, kernels: of }) => [
      shape,
      ...kernels.map((name) => {
        const rate = of[name];
        return rate === null ? "–" : short(rate);
      }),
    ]),
  );
  const { copy, dispatch, submit } = ceilings;
  return [
    rates,
    `copy (read and written): ${short(copy.buffer)} GB/s copyBufferToBuffer, ${short(copy.kernel)} GB/s by a kernel`,
    `a dispatch in a pass: ${short(dispatch.empty)} µs empty, ${short(dispatch.dependent)} µs with a barrier`,
    `a submit and its wait: ${short(submit.wait)} µs, ${short(submit.read)} µs with 4 bytes read back`,
  ].join("\n");
}

interface Share {
  readonly rows: number;
  readonly gflops: number;
  readonly share: number;
}

/** Useful operations per second of the contender `name`, by size, and as a share of the best matmul rate. */
export function shares(
  comparison: Comparison,
  name: string,
  flopsPerRow: number,
  best: number,
): readonly Share[] {
  return [...comparison].flatMap(([rows, outcomes]) => {
    const outcome = outcomes.get(name);
    if (outcome === undefined || "none" in outcome) return [];
    const gflops = (flopsPerRow * rows) / outcome.ms.median / 1e6;
    return [{ rows, gflops, share: gflops / best }];
  });
}

/** What counts as useful, in operations a row. */
export const USEFUL = {
  train: { "3 products a Linear": TRAINING_FLOPS_PER_ROW },
  infer: { "folded model": 2 * FOLDED_MACS_PER_ROW, "unfolded model": 2 * MACS_PER_ROW },
} as const;

export function sharesTable(title: string, lines: Readonly<Record<string, readonly Share[]>>): string {
  const sizes = Object.values(lines)[0].map(({ rows }) => `${rows} rows`);
  return textTable(
    [title, ...sizes],
    Object.entries(lines).map(([name, of]) => [
      name,
      ...of.map(({ gflops, share }) => `${short(gflops)} GFLOP/s, ${(100 * share).toFixed(0)} %`),
    ]),
  );
}
