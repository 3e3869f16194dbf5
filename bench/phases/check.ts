/** Before anything is timed: does everybody compute the same? */
import { firstLine } from "../cell.ts";
import type { ContenderSpec } from "../contenders.ts";
import type { Host } from "../engine/host.ts";
import type { Work } from "../page/session.ts";

/** Largest difference that counts as equal, relative to values above 1. */
const TOLERANCE = { train: 1e-3, infer: 1e-4 };

const WORK = {
  train: { kind: "train", bs: 64, steps: 4, dropout: false },
  infer: { kind: "infer", rows: 256, table: false },
  table: { kind: "infer", rows: 256, table: true },
} satisfies Record<string, Work>;

/** TabGPU predicts from tables, too. */
function worksOf({ module, tableOnly }: ContenderSpec, kind: "train" | "infer"): readonly Work[] {
  if (tableOnly) return [WORK.table];
  return kind === "infer" && module === "tabgpu" ? [WORK.infer, WORK.table] : [WORK[kind]];
}

export interface Verdict {
  readonly name: string;
  readonly kind: "train" | "infer";
  /** Largest difference from the reference; null where nothing could be computed. */
  readonly difference: number | null;
  readonly equal: boolean;
  /** Why nothing could be computed. */
  readonly reason?: string;
}

/**
 * Compares the losses of the first four steps (same weights, same batches, no dropout), and predictions, with those of
 * the first host.
 */
export async function check(
  hosts: ReadonlyMap<ContenderSpec, Host>,
  kind: "train" | "infer",
): Promise<Verdict[]> {
  let reference: number[] | undefined;
  const verdicts: Verdict[] = [];
  for (const [spec, host] of hosts) {
    const { name } = spec;
    try {
      let difference = 0;
      for (const work of worksOf(spec, kind)) {
        const { id } = await host.call("open", work);
        const values = await host.call("outputs", { id });
        await host.call("close", { id });
        reference ??= values;
        const here = largestDifference(values, reference);
        difference = here <= difference ? difference : here;
      }
      verdicts.push({ name, kind, difference, equal: difference <= TOLERANCE[kind] });
    } catch (error) {
      verdicts.push({ name, kind, difference: null, equal: false, reason: firstLine(error) });
    }
  }
  return verdicts;
}

/** NaN where one is not a number or they are not equally many. */
function largestDifference(values: readonly number[], reference: readonly number[]): number {
  if (values.length !== reference.length) return Number.NaN;
  return values.reduce((worst, value, i) => {
    const difference = Math.abs(value - reference[i]) / Math.max(1, Math.abs(reference[i]));
    return difference <= worst ? worst : difference;
  }, 0);
}

export function verdictLine({ name, kind, difference, equal, reason }: Verdict): string {
  const what = kind === "train" ? "losses of 4 steps" : "predictions";
  if (difference === null) return `${name}: not timed, it failed: ${reason}`;
  return equal
    ? `${name}: ${what} equal to ${difference.toExponential(1)}`
    : `${name}: NOT TIMED, ${what} differ by ${difference.toExponential(1)}, allowed ${TOLERANCE[kind]}`;
}
