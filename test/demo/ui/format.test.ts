import { expect, it } from "vitest";
import { score } from "../../../demo/ui/format.ts";

it("a score has digits by its size", () => {
  expect([0.01234, 41.59361, -312.2389, 4777.44, 22_823_940.7, Number.NaN].map(score)).toEqual([
    "0.0123",
    "41.5936",
    "-312.2389",
    "4,777.4",
    "22,823,941",
    "–",
  ]);
});
