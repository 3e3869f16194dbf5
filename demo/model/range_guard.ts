/** A range of outputs goes with the target that it was set for. */
import { batch, effect, signal } from "@preact/signals-core";
import { data, modelSettings, table } from "../session.ts";
import { latest } from "../ui/loadable.ts";
import { isForeignRange } from "./settings.ts";
import type { ModelSettings } from "./types.ts";

/** The range that was dropped, until another one is set. */
export const droppedRange = signal<ModelSettings["yRange"]>(null);

interface Learned {
  readonly table: string | undefined;
  readonly target: string;
  readonly logTarget: boolean;
  readonly seen: readonly [number, number];
}

/** Called once: drops a range that does not suit what is learned now, where another target, scale or table was before. */
export function guardRange(): void {
  let before: Learned | null = null;
  effect(() => {
    const found = data.value;
    if (found.state !== "ready" || !found.value.targetRange) return;
    const { target, logTarget, targetRange: seen } = found.value;
    const now: Learned = { table: latest(table.peek())?.name, target, logTarget, seen };
    const was = before;
    before = now;
    if (was === null) return;
    if (was.table === now.table && was.target === target && was.logTarget === logTarget) return;
    const { yRange } = modelSettings.peek();
    const foreign = yRange !== null && isForeignRange(yRange, seen, was.seen);
    batch(() => {
      if (foreign) modelSettings.value = { ...modelSettings.peek(), yRange: null };
      droppedRange.value = foreign ? yRange : null; // a note of an earlier change is about another target
    });
  });
  effect(() => {
    if (modelSettings.value.yRange !== null) droppedRange.value = null;
  });
}
