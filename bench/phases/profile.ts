/** Where the time of a training step goes: `learner.profile()`, which users have too. */
import { firstLine } from "../cell.ts";
import type { Engine } from "../engine/host.ts";

export interface ProfileOf {
  readonly bs: number;
  readonly text: string;
  readonly data: unknown;
}

/** Stops at the size that took longer than a fifth of the budget, for the next takes several times that. */
export async function profiles(
  engine: Engine,
  batches: readonly number[],
  budget: number,
): Promise<ProfileOf[]> {
  const measured: ProfileOf[] = [];
  for (const bs of batches) {
    const argument = { bs, base: engine.url };
    const start = performance.now();
    try {
      const { text, data } = (await engine.call("tabgpu", "profile", argument)) as ProfileOf;
      measured.push({ bs, text, data });
    } catch (error) {
      measured.push({ bs, text: `failed: ${firstLine(error)}`, data: null });
    }
    if (performance.now() - start > (budget * 1000) / 5) break;
  }
  return measured;
}
