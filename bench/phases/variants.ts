/** Which variant of a product is quickest on this adapter, and which one TabGPU would run. */
import { textTable } from "../../src/cli/text_table.ts";
import type { VariantRates, VariantsWork } from "../page/variants.ts";
import { INPUTS, LAYERS } from "../rossmann/shape.ts";
import { short } from "../tables.ts";

export function variantsWork(rows: readonly number[], rounds: number, slice: number): VariantsWork {
  const layers = [
    [INPUTS, LAYERS[0]],
    [LAYERS[0], LAYERS[1]],
  ] as const;
  return { rows, layers, rounds, slice };
}

export function variantsTable(measured: readonly VariantRates[]): string {
  const names = Object.keys(measured[0].rates);
  return textTable(
    ["a product, GFLOP/s", ...names, "runs"],
    measured.map(({ product, rates, chosen }) => [
      product,
      ...names.map((name) => short(rates[name])),
      chosen,
    ]),
  );
}
