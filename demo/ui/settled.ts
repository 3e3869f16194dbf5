import type { Loadable } from "./loadable.ts";

/** Whether nothing is on its way: what follows from the first, in order, is there too, or could not be had. */
export function settled(...chain: readonly Loadable<unknown>[]): boolean {
  return chain.every((each, i) => {
    if (each.state === "loading") return false;
    return i === 0 || each.state !== "empty" || chain[i - 1].state !== "ready";
  });
}
