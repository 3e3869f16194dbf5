import { type Column, readCsv } from "tabgpu";
import { describe, expect, it } from "vitest";
import { describeColumn, isConstant, previewOf } from "../../../demo/data/describe.ts";
import {
  histogramWords,
  missingWords,
  rangeWords,
  share,
  shortNumber,
} from "../../../demo/data/describe_words.ts";
import { countDistinct } from "../../../demo/data/distinct.ts";
import { HEIGHT, histogramPath, shareOf, WIDTH } from "../../../demo/data/histogram.ts";

const numbers = (values: number[], integer = true): Column => ({
  kind: "number",
  name: "x",
  values: Float64Array.from(values),
  integer,
});
const { NaN: gap } = Number;

describe("countDistinct", () => {
  it.each<[string, number[]]>([
    ["small whole numbers", [3, -2, 3, gap, 0, -0, 5]],
    ["fractions", [0.5, 0.25, 0.5, gap, -0.25, 0, -0]],
    ["whole numbers far apart", [1, 2 ** 40, 1, -(2 ** 40), gap]],
    ["many, so that the set grows", Array.from({ length: 20_000 }, (_, i) => ((i * 7919) % 12_345) / 64)],
  ])("counts %s as a Set does", (_, values) => {
    const present = values.filter((value) => !Number.isNaN(value)).map((value) => value + 0);
    const expected = new Set(present).size;
    const [min, max] = [Math.min(...present), Math.max(...present)];
    const integer = present.every(Number.isInteger);
    expect(countDistinct(Float64Array.from(values), integer, min, max)).toBe(expected);
    expect(countDistinct(Float64Array.from(values), false, min, max)).toBe(expected);
  });
});

describe("describeColumn", () => {
  it("numbers: range, mean, gaps, a bin per whole number where they are few", () => {
    expect(describeColumn(numbers([1, 2, 2, gap, 4]))).toEqual({
      name: "x",
      kind: "number",
      integer: true,
      missing: 1,
      distinct: 3,
      mean: 2.25,
      histogram: { min: 1, max: 4, counts: [1, 2, 0, 1] },
      top: [],
    });
  });

  it("fractions: equal bins, the largest value in the last one, none lost", () => {
    const values = Array.from({ length: 1000 }, (_, i) => i / 999);
    const { counts } = describeColumn(numbers(values, false)).histogram!;
    expect(counts).toHaveLength(24);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1000);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it("one value, none at all, and infinity", () => {
    expect(describeColumn(numbers([7, 7], false)).histogram).toEqual({ min: 7, max: 7, counts: [2] });
    expect(describeColumn(numbers([gap, gap]))).toMatchObject({
      missing: 2,
      distinct: 0,
      mean: null,
      histogram: null,
    });
    expect(describeColumn(numbers([1, Number.POSITIVE_INFINITY], false))).toMatchObject({
      distinct: 2,
      histogram: null,
    });
  });

  it("text: the most frequent first, words no row uses left out", () => {
    const codes = Int32Array.from([1, 1, 2, -1, 1, 2, 0]);
    const column: Column = { kind: "text", name: "t", dictionary: ["a", "b", "c", "unused"], codes };
    expect(describeColumn(column)).toMatchObject({
      missing: 1,
      distinct: 3,
      top: [
        { label: "b", count: 3 },
        { label: "c", count: 2 },
        { label: "a", count: 1 },
      ],
    });
  });

  it("text: no more than eight categories are named", () => {
    const dictionary = Array.from({ length: 50 }, (_, i) => `w${i}`);
    const codes = Int32Array.from(dictionary.flatMap((_, i) => Array<number>(i + 1).fill(i)));
    const { top, distinct } = describeColumn({ kind: "text", name: "t", dictionary, codes });
    expect(distinct).toBe(50);
    expect(top.map(({ count }) => count)).toEqual([50, 49, 48, 47, 46, 45, 44, 43]);
  });

  it("truth values and dates", () => {
    const truths: Column = { kind: "boolean", name: "b", values: Uint8Array.from([1, 0, 0, 255]) };
    expect(describeColumn(truths)).toMatchObject({
      missing: 1,
      distinct: 2,
      top: [
        { label: "false", count: 2 },
        { label: "true", count: 1 },
      ],
    });
    const day = Date.UTC(2024, 1, 29);
    const dates: Column = {
      kind: "date",
      name: "d",
      values: Float64Array.from([day, gap, day + 86_400_000]),
    };
    expect(describeColumn(dates)).toMatchObject({
      kind: "date",
      integer: false,
      missing: 1,
      distinct: 2,
      mean: null,
    });
    expect(isConstant(dates)).toBe(false);
    expect(isConstant(numbers([4, gap, 4]))).toBe(true);
  });

  it("the first rows read as they were written", async () => {
    const table = await readCsv("a,b,c,d\n1.50,x,true,2024-02-29\n,,,\n-3,y,false,2024-03-01T06:30:00\n");
    expect(previewOf(table)).toEqual([
      ["1.5", "x", "true", "2024-02-29"],
      [null, null, null, null],
      ["-3", "y", "false", "2024-03-01 06:30"],
    ]);
  });
});

describe("in words", () => {
  it.each([
    [2700, "2,700"],
    [12_040, "12,040"],
    [-5, "−5"],
    [31.256, "31.26"],
    [1_234_567, "1.23M"],
  ])("%d is %s", (x, words) => expect(shortNumber(x)).toBe(words));

  it.each([
    [1, 3, "33\u00a0%"],
    [1, 100_000, "under 0.1\u00a0%"],
    [999, 1000, "over 99\u00a0%"],
    [5, 5, "100\u00a0%"],
    [0, 5, "0\u00a0%"],
  ])("%d of %d is %s", (count, total, words) => expect(share(count, total)).toBe(words));

  it("ranges, categories and pictures", () => {
    const sales = {
      ...describeColumn(numbers([1, 2, 2, gap, 4])),
      guessedRole: "target",
      reason: null,
    } as const;
    expect(rangeWords(sales, 5)).toBe("1 to 4");
    expect(histogramWords(sales, 5)).toBe("Histogram: 1 to 4; 50\u00a0% of them between 1.75 and 2.5");
    expect(missingWords(1, 5)).toBe("1 (20\u00a0%)");
    const codes = Int32Array.from([0, 0, 0, 1]);
    const text = describeColumn({ kind: "text", name: "t", dictionary: ["a", "b"], codes });
    expect(rangeWords({ ...text, guessedRole: "categorical", reason: null }, 4)).toBe(
      "a 75\u00a0%, b 25\u00a0%",
    );
  });
});

describe("pictures", () => {
  it("a histogram is as high as its fullest bin, and what is there can be seen", () => {
    const path = histogramPath([1000, 1, 0, 500]);
    expect(path.match(/v-[\d.]+h/g)).toEqual([`v-${HEIGHT}h`, "v-1h", `v-${HEIGHT / 2}h`]);
  });

  it("shares fill the bar, the rest in a piece of its own", () => {
    const top = [
      { label: "a", count: 60 },
      { label: "b", count: 20 },
    ];
    const pieces = shareOf({ top, missing: 100 }, 200);
    expect(pieces.map(({ x, label }) => [x, label])).toEqual([
      [0, "a"],
      [0.6 * WIDTH, "b"],
      [0.8 * WIDTH, null],
    ]);
    expect(pieces[2].width).toBeCloseTo(0.2 * WIDTH);
  });
});
