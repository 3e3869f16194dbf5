/** Training and inference: every size on every contender. */
import { type CellOptions, type Entrant, measureCell, type Outcome } from "../cell.ts";
import type { ContenderSpec } from "../contenders.ts";
import type { Host } from "../engine/host.ts";
import type { Work } from "../page/session.ts";

/** Milliseconds by contender, by size. */
export type Comparison = Map<number, Map<string, Outcome>>;

export interface CompareOptions extends CellOptions {
  /** Rows there are to train on. */
  readonly tableRows: number;
}

/** A contender and the name it is listed under, which says what it is given. */
interface Line {
  readonly name: string;
  readonly host: Host;
  work(size: number, steps: number): Work;
}

/** Milliseconds of a training step, the published dropout on. */
export function compareTraining(
  hosts: ReadonlyMap<ContenderSpec, Host>,
  sizes: readonly number[],
  options: CompareOptions,
  tell: (line: string) => void,
): Promise<Comparison> {
  const lines = [...hosts].map(([{ name }, host]) => ({
    name,
    host,
    work: (bs: number, steps: number): Work => ({ kind: "train", bs, steps, dropout: true }),
  }));
  return compare(lines, sizes, options, tell);
}

/** Milliseconds of a prediction, from arrays in the CPU's memory to an array in the CPU's memory. */
export function compareInference(
  hosts: ReadonlyMap<ContenderSpec, Host>,
  sizes: readonly number[],
  options: CompareOptions,
  tell: (line: string) => void,
): Promise<Comparison> {
  const lines = [...hosts].flatMap(([{ name, module, tableOnly }, host]) => {
    const line = (name: string, table: boolean) => ({
      name,
      host,
      work: (rows: number): Work => ({ kind: "infer", rows, table }),
    });
    const fromCodes = tableOnly ? [] : [line(name, false)];
    return module === "tabgpu" ? [...fromCodes, line(`${name}, table`, true)] : fromCodes;
  });
  return compare(lines, sizes, options, tell);
}

async function compare(
  lines: readonly Line[],
  sizes: readonly number[],
  options: CompareOptions,
  tell: (line: string) => void,
): Promise<Comparison> {
  const results: Comparison = new Map();
  for (const size of sizes) {
    tell(`${size} rows`);
    const entrants = lines.map(({ name, host, work }): Entrant => {
      const most = work(size, 1).kind === "train" ? Math.max(1, Math.floor(options.tableRows / size)) : 1;
      const expected = expectation(results, name, size);
      return { name, host, work: (steps) => work(size, steps), mostSteps: most, expected };
    });
    results.set(size, await measureCell(entrants, options));
  }
  return results;
}

/** By the rows, from the largest size measured so far. A size that was skipped or failed has none larger. */
function expectation(results: Comparison, name: string, size: number): number | undefined {
  let expected: number | undefined;
  for (const [measured, outcomes] of results) {
    const outcome = outcomes.get(name);
    if (outcome === undefined) continue;
    if ("none" in outcome) return Number.POSITIVE_INFINITY;
    expected = measured >= 64 ? (outcome.ms.median * size) / measured : outcome.ms.median;
  }
  return expected;
}
