import type { Host } from "./engine/host.ts";
import type { Work } from "./page/session.ts";
import { type Spread, spread } from "./stats.ts";

/** A contender in one comparison. */
export interface Entrant {
  readonly name: string;
  readonly host: Host;
  /** The work of `steps` steps; a prediction has one. */
  work(steps: number): Work;
  /** Steps that can have batches of their own. */
  readonly mostSteps: number;
  /** Milliseconds a step is thought to take, from a smaller size; undefined where nothing is known. */
  readonly expected: number | undefined;
}

/** Milliseconds of a training step or a prediction, or why there are none. */
export type Outcome =
  | { readonly ms: Spread; readonly about: Readonly<Record<string, string>> }
  | { readonly none: string };

export interface CellOptions {
  readonly rounds: number;
  readonly budget: number;
  readonly slice: number;
}

interface Ready {
  readonly entrant: Entrant;
  readonly id: number;
  readonly about: Readonly<Record<string, string>>;
  /** Steps of one run, and runs of one measurement. */
  readonly steps: number;
  readonly runs: number;
  readonly rounds: number;
  readonly ms: number[];
}

/** A run that is not counted comes first, one more tells how long a run takes. */
const WARM_UPS = 2;

/**
 * Measures one piece of work on all contenders in turn, round after round, each round in the reverse order of the one
 * before. What compiles and allocates has happened before.
 */
export async function measureCell(
  entrants: readonly Entrant[],
  options: CellOptions,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const ready: Ready[] = [];
  for (const entrant of entrants) {
    const expected = (entrant.expected ?? 0) / 1000;
    if (expected * (1 + WARM_UPS) > options.budget) {
      const why = Number.isFinite(expected) ? `some ${Math.round(expected)} s each` : "as a smaller size is";
      outcomes.set(entrant.name, { none: `skipped: over --budget (${why})` });
      continue;
    }
    try {
      ready.push(await prepare(entrant, options));
    } catch (error) {
      outcomes.set(entrant.name, { none: `failed: ${firstLine(error)}` });
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    for (const one of round % 2 === 0 ? ready : [...ready].reverse()) {
      if (round >= one.rounds) continue;
      const ms = await one.entrant.host.call("time", { id: one.id, runs: one.runs });
      one.ms.push(ms / (one.runs * one.steps));
    }
  }
  for (const { entrant, id, ms, about } of ready) {
    await entrant.host.call("close", { id });
    outcomes.set(entrant.name, { ms: spread(ms), about });
  }
  return new Map(entrants.map(({ name }) => [name, outcomes.get(name)!]));
}

/** Opens the work, warms it up and sees how much of it fills a measurement. */
async function prepare(entrant: Entrant, options: CellOptions): Promise<Ready> {
  const { host } = entrant;
  let steps = 1;
  let { id, about } = await host.call("open", entrant.work(steps));
  let ms = await warmUp(host, id);
  const wanted = stepsOf(ms, options.slice, entrant.mostSteps);
  if (wanted > 1) {
    await host.call("close", { id });
    steps = wanted;
    ({ id, about } = await host.call("open", entrant.work(steps)));
    ms = await warmUp(host, id);
  }
  const runs = Math.max(1, Math.min(10_000, Math.round(options.slice / ms)));
  const left = options.budget * 1000 - WARM_UPS * ms;
  const rounds = Math.max(1, Math.min(options.rounds, Math.floor(left / (ms * runs))));
  return { entrant, id, about, steps, runs, rounds, ms: [] };
}

/** As many as may share a submit. */
const SOME_STEPS = 8;

/** Steps of a run that takes about `slice` ms; up to eight if they take no longer than four slices. */
function stepsOf(ms: number, slice: number, most: number): number {
  const filling = Math.ceil(slice / ms);
  if (filling >= SOME_STEPS) return Math.min(most, filling);
  return Math.max(1, Math.min(SOME_STEPS, most, Math.floor((4 * slice) / ms)));
}

async function warmUp(host: Host, id: number): Promise<number> {
  await host.call("time", { id, runs: 1 });
  return host.call("time", { id, runs: 1 });
}

export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0];
}
