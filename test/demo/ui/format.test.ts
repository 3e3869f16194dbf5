import { expect, it } from "vitest";
import {
  areYears,
  duration,
  exactNumber,
  score,
  signedPercent,
  significant,
} from "../../../demo/ui/format.ts";

it("a score has digits by its size", () => {
  expect([0.01234, 41.59361, -312.2389, 4777.44, 22_823_940.7, Number.NaN].map(score)).toEqual([
    "0.0123",
    "41.5936",
    "−312.2",
    "4,777.4",
    "22,823,941",
    "–",
  ]);
});

it("a number and its unit stay on one line", () => {
  expect([signedPercent(-0.032), duration(125)]).toEqual(["−3.2\u00a0%", "2\u00a0min 5\u00a0s"]);
});

it("a number has at most so many digits that matter, and a true minus", () => {
  expect([significant(-0.0123456, 4), significant(4777.44, 3)]).toEqual(["−0.01235", "4,780"]);
  expect([exactNumber(-36_020.44), exactNumber(0.05)]).toEqual(["−36,020.44", "0.05"]);
});

it("years are whole numbers of our centuries", () => {
  expect([areYears(2013, 2015), areYears(2700, 6300), areYears(1900.5, 2000), areYears(0, 2015)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
