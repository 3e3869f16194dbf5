import type { BufferSpec } from "../gpu/buffer_spec.ts";
import type { Recording } from "./recording.ts";

/** Where the transient buffers of a recording live: each in one of a few slots that are reused over time. */
export interface MemoryPlan {
  readonly slotOf: ReadonlyMap<BufferSpec, number>;
  /** Bytes of each slot. */
  readonly slots: readonly number[];
}

/**
 * Assigns transient buffers to slots: a buffer lives from the first to the last dispatch that binds it, and takes the
 * free slot whose size fits best. Two buffers alive in the same dispatch never share one. Pure: lifetimes in, slots out.
 */
export function planMemory(recording: Recording): MemoryPlan {
  const first = new Map<BufferSpec, number>();
  const last = new Map<BufferSpec, number>();
  recording.dispatches.forEach((dispatch, time) => {
    for (const buffer of Object.values(dispatch.buffers)) {
      if (buffer.lifetime !== "transient") continue;
      if (!first.has(buffer)) first.set(buffer, time);
      last.set(buffer, time);
    }
  });
  const slotOf = new Map<BufferSpec, number>();
  const slots: number[] = [];
  const freeFrom: number[] = []; // the dispatch from which on a slot may be taken again
  for (const [buffer, start] of first) {
    const waste = (slot: number) => Math.abs(slots[slot] - buffer.bytes);
    const free = slots.map((_, slot) => slot).filter((slot) => freeFrom[slot] <= start);
    let slot = free.sort((a, b) => waste(a) - waste(b))[0];
    if (slot === undefined) slot = slots.push(0) - 1;
    slots[slot] = Math.max(slots[slot], buffer.bytes);
    freeFrom[slot] = last.get(buffer)! + 1;
    slotOf.set(buffer, slot);
  }
  return { slotOf, slots };
}
