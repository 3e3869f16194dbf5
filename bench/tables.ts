import { textTable } from "../src/cli/text_table.ts";
import type { Comparison } from "./phases/compare.ts";
import { ratio } from "./stats.ts";

/** One line a contender, one column a size: median (lowest–highest), and how many times faster the first line is. */
export function comparisonTable(comparison: Comparison, unit: string): string {
  const sizes = [...comparison.keys()];
  const names = [...comparison.get(sizes[0])!.keys()];
  const notes: string[] = [];
  const rows = names.map((name, line) => {
    const cells = sizes.map((size) => {
      const outcome = comparison.get(size)!.get(name)!;
      if ("none" in outcome) {
        notes.push(`${name}, ${size} rows: ${outcome.none}`);
        return "–";
      }
      const best = comparison.get(size)!.get(names[0])!;
      const times = line > 0 && "ms" in best ? `  ×${short(ratio(outcome.ms, best.ms))}` : "";
      const { median, min, max } = outcome.ms;
      return `${short(median)} (${short(min)}–${short(max)})${times}`;
    });
    return [name, ...cells];
  });
  const table = textTable([unit, ...sizes.map((size) => `${size} rows`)], rows);
  return [table, ...notes].join("\n");
}

/** Three digits: 0.0123, 1.23, 12.3, 1234. */
export function short(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
