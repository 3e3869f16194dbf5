/** Calls of the WebGPU API, per training step and per prediction, once everything is warm. */
import { textTable } from "../../src/cli/text_table.ts";
import { firstLine } from "../cell.ts";
import type { ContenderSpec } from "../contenders.ts";
import type { OpenHost } from "../engine/host.ts";
import type { Calls } from "../page/count_calls.ts";
import type { Work } from "../page/session.ts";
import { short } from "../tables.ts";

const STEPS = 8;

const WORKS: readonly (readonly [title: string, work: Work, steps: number])[] = [
  ["a training step, 64 rows", { kind: "train", bs: 64, steps: STEPS, dropout: true }, STEPS],
  ["a prediction, 64 rows", { kind: "infer", rows: 64, table: false }, 1],
];

export interface CallsOf {
  readonly name: string;
  readonly work: string;
  /** From the page's beginning until the work has run once. */
  readonly first: Calls;
  /** Per step or prediction of a later run. */
  readonly warm: Calls;
}

export async function countedCalls(
  specs: readonly ContenderSpec[],
  open: OpenHost,
  tell: (line: string) => void,
): Promise<CallsOf[]> {
  const counted: CallsOf[] = [];
  for (const spec of specs) {
    for (const [title, work, steps] of WORKS) {
      if (work.kind === "train" ? !spec.trains : !spec.infers) continue;
      try {
        const host = await open(spec, true);
        const { id } = await host.call("open", work);
        await host.call("time", { id, runs: 1 });
        const first = await host.call("calls");
        await host.call("time", { id, runs: 1 });
        const warm = perStep(await host.call("calls"), steps);
        await host.close();
        counted.push({ name: spec.name, work: title, first, warm });
      } catch (error) {
        tell(`${spec.name}, ${title}: ${firstLine(error)}`);
      }
    }
  }
  return counted;
}

function perStep(calls: Calls, steps: number): Calls {
  return Object.fromEntries(Object.entries(calls).map(([name, n]) => [name, n / steps])) as unknown as Calls;
}

const HEADINGS: readonly (readonly [keyof Calls, string])[] = [
  ["dispatches", "dispatches"],
  ["passes", "passes"],
  ["submits", "submits"],
  ["copies", "copies"],
  ["bindGroups", "bind groups"],
  ["buffers", "buffers"],
  ["mapAsync", "mapAsync"],
  ["writes", "writes"],
  ["bytesWritten", "bytes written"],
];

export function callsTable(counted: readonly CallsOf[]): string {
  return WORKS.map(([title]) =>
    textTable(
      [title, ...HEADINGS.map(([, heading]) => heading), "pipelines made first"],
      counted
        .filter(({ work }) => work === title)
        .map(({ name, warm, first }) => [
          name,
          ...HEADINGS.map(([key]) => (Number.isInteger(warm[key]) ? String(warm[key]) : short(warm[key]))),
          String(first.pipelines),
        ]),
    ),
  ).join("\n\n");
}
