import { describe, expect, it } from "vitest";
import { type Lines, rangeOf } from "../../../demo/charts/lines.ts";
import { axisNumber, thinTicks, ticksOf } from "../../../demo/charts/ticks.ts";
import { exactNumber } from "../../../demo/ui/format.ts";

const lines = (changed: Partial<Lines> = {}): Lines => ({
  lines: [
    { label: "a", colour: "--series-1", x: [1, 2, 4], y: [10, Number.NaN, 1000] },
    { label: "b", colour: "--series-2", x: [0, 3], y: [0.5, 0.9], right: true },
  ],
  x: {},
  y: {},
  read: String,
  summary: "",
  ...changed,
});

describe("what a chart of lines shows", () => {
  it("is what the lines of each axis reach, with a little room", () => {
    expect(rangeOf(lines(), "x")).toEqual([0, 4]);
    const [low, high] = rangeOf(lines(), "y");
    expect([low < 10, low > -100, high > 1000, high < 1100]).toEqual([true, true, true, true]);
    expect(rangeOf(lines(), "right").map((x) => x.toFixed(3))).toEqual(["0.476", "0.924"]);
  });

  it("has room in proportion on a log scale, where nothing below 0 is shown", () => {
    const log = lines({
      y: { log: true },
      lines: [{ label: "a", colour: "--ink", x: [0, 1, 2], y: [-1, 1, 100] }],
    });
    expect(rangeOf(log, "y")).toEqual([1 / 1.3, 130]);
  });

  it("takes in a level, a range that is given, and nothing at all", () => {
    expect(rangeOf(lines({ level: { y: -500, label: "" } }), "y")[0]).toBeLessThan(-500);
    expect(rangeOf(lines({ x: { range: [0, 9] } }), "x")).toEqual([0, 9]);
    expect(rangeOf(lines({ lines: [] }), "y")).toEqual([0, 1]);
    expect(rangeOf(lines({ lines: [], y: { log: true } }), "y")).toEqual([0.1, 1]);
  });
});

describe("the numbers on a log axis", () => {
  it("are 1, 2, 5 of each power, only powers over a wide range, and plain steps over a narrow one", () => {
    expect(ticksOf(0.01, 0.3)).toEqual([0.01, 0.02, 0.05, 0.1, 0.2]);
    expect(ticksOf(0.01, 100)).toEqual([0.01, 0.1, 1, 10, 100]);
    expect(ticksOf(0.018, 6.7)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]);
    expect(ticksOf(1.7e7, 3.1e7)).toEqual([2e7, 2.5e7, 3e7]);
    expect(ticksOf(0.031, 0.049)).toEqual([0.035, 0.04, 0.045]);
    expect(ticksOf(105, 190)).toEqual([125, 150, 175]);
    expect(ticksOf(5, 5)).toEqual([5]);
  });
});

describe("the numbers where there is little room", () => {
  const at = (tick: number) => 40 * Math.log10(tick);

  it("on a log axis are those of the powers, then of every second, of every third", () => {
    expect(thinTicks([1, 2, 5, 10, 20, 50, 100], at, 10)).toEqual([1, 2, 5, 10, 20, 50, 100]);
    expect(thinTicks([1, 2, 5, 10, 20, 50, 100], at, 40)).toEqual([1, 10, 100]);
    expect(thinTicks([1e-7, 1e-6, 1e-5, 1e-4, 1e-3], at, 50)).toEqual([1e-7, 1e-5, 1e-3]);
    expect(thinTicks([1e-7, 1e-6, 1e-5, 1e-4, 1e-3], at, 100)).toEqual([1e-7, 1e-4]);
    expect(thinTicks([2, 2.5, 3], at, 500)).toEqual([2]);
  });

  it("are exact where they are read for themselves, and have a true minus", () => {
    expect([axisNumber(-36_020), exactNumber(-36_020), exactNumber(0.05)]).toEqual([
      "−36K",
      "−36,020",
      "0.05",
    ]);
  });
});
