/** Where the time of a training step goes: `learner.profile()`, which users have too. */
import type { Headless } from "../../src/headless/index.ts";
import { firstLine } from "../cell.ts";
import type { profile } from "../page/tabgpu.ts";

export interface ProfileOf {
  readonly bs: number;
  readonly text: string;
  readonly data: unknown;
}

/** Stops at the size that took longer than a fifth of the budget, for the next takes several times that. */
export async function profiles(
  run: Headless,
  batches: readonly number[],
  budget: number,
): Promise<ProfileOf[]> {
  const measured: ProfileOf[] = [];
  for (const bs of batches) {
    const argument = { bs, base: run.url };
    const start = performance.now();
    try {
      const call = { module: "tabgpu.js", function: "profile", argument, timeout: 0 };
      measured.push({ bs, ...(await run.call<typeof profile>(call)).value });
    } catch (error) {
      measured.push({ bs, text: `failed: ${firstLine(error)}`, data: null });
    }
    if (performance.now() - start > (budget * 1000) / 5) break;
  }
  return measured;
}
