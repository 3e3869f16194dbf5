import { Table } from "../../src/index.ts";
import { Random } from "../../src/random.ts";

const ROWS = 900;

/** A small table with something to learn: y depends on a text, an integer, a number with gaps and their combination. */
export function smallTable(): Table {
  const random = new Random(7);
  const towns = ["Aachen", "Bonn", "Celle", "Dresden"];
  const records = Array.from({ length: ROWS }, () => {
    const town = towns[random.below(towns.length)];
    const weekday = 1 + random.below(7);
    const warm = random.uniform() < 0.05 ? null : 10 + 5 * random.normal();
    const base = town.length * 0.2 + (weekday > 5 ? 0.8 : 0) + 0.05 * (warm ?? 10);
    const y = Math.exp(base + 0.05 * random.normal());
    return {
      town,
      weekday,
      warm,
      y,
      big: y > 7 ? "yes" : "no",
      many: y > 5 ? 1 : 0,
      weekend: weekday > 5 ? 1 : 0,
    };
  });
  return Table.fromRecords(records);
}

/** How `smallTable` is read: 700 rows to train on. */
export const inputs = {
  categorical: ["town", "weekday"],
  continuous: ["warm"],
  valid: { last: 200 },
} as const;
