import { Random } from "../../src/random.ts";

/** The order in which a learner with the default seed takes its first `rows` rows in its first epoch. */
export function firstOrder(rows: number): Uint32Array {
  return new Random(42, 0x10000).shuffle(Uint32Array.from({ length: rows }, (_, i) => i));
}
