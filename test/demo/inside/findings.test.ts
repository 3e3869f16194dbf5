import { describe, expect, it } from "vitest";
import { blockFindings } from "../../../demo/inside/block_findings.ts";
import { columnFindings } from "../../../demo/inside/column_findings.ts";
import { column, comparison, layer, look } from "./comparison.ts";

const blocks = (changes: Parameters<typeof comparison>[0]) => blockFindings(comparison(changes)).join("\n");
const columns = (changes: Parameters<typeof comparison>[0]) => columnFindings(comparison(changes)).join("\n");

describe("what is said of BatchNorm after hidden layers", () => {
  it("tells what leaves the ReLUs and what BatchNorm makes of it", () => {
    expect(blocks({})).toMatch(
      /right after it .* means from 1\.00 to 2\.00 and standard deviations from 2\.00 to 4\.00/,
    );
    expect(blocks({})).toMatch(
      /goes on .* means from 0\.00 to 0\.02 and standard deviations from 0\.90 to 1\.20/,
    );
  });

  it("tells what the first weights do", () => {
    expect(blocks({})).toContain("a standard deviation of 0.10 in layer 1 and of 0.02 in layer 3");
    expect(blocks({})).toContain("With BatchNorm it is 1.00 in every layer, however deep.");
  });

  it("tells a drift for what it is: growing, fading, none, without bounds", () => {
    expect(blocks({})).toContain("grows from 0.50 in layer 1 to 50.0 in layer 3, 100 times as much");
    expect(blocks({})).toContain("With BatchNorm it goes from 1.20 to 0.90.");
    const drifted = (stds: number[]) => blocks({ without: [look(0, stds), look(200, stds)] });
    expect(drifted([1, 0.5, 0.25])).toContain(
      "shrinks from 1.00 in layer 1 to 0.25 in layer 3, 25\u00a0% of it",
    );
    expect(drifted([1, 1.2, 1.1])).toContain(
      "changes little down the network this time, from 1.00 in layer 1 to 1.10",
    );
    expect(drifted([1, 1e20, Number.POSITIVE_INFINITY])).toContain("until they were no numbers");
  });

  it("makes no contrast of two models that drift alike", () => {
    const drifts = (withAll: number[], without: number[]) =>
      blocks({
        with: [look(0, withAll, { norm: withAll }), look(200, withAll, { norm: withAll })],
        without: [look(0, without), look(200, without)],
      });
    expect(drifts([1, 0.7, 0.45], [1, 0.7, 0.42])).toContain(
      "fades alike in both models this time: without it the standard deviation goes from 1.00 in layer 1 to 0.42 in layer 3, 42\u00a0% of it, with BatchNorm from 1.00 to 0.45, 45\u00a0% of it.",
    );
    expect(drifts([1, 2, 4], [1, 2, 5])).toContain("grows alike in both models");
    expect(drifts([1, 1, 0.8], [1, 1, 0.6])).toContain("fades little more without BatchNorm than with it");
    expect(drifts([1, 4, 16], [1, 1, 2])).toContain("grows even more with BatchNorm");
    expect(drifts([1, 1, 0.9], [1, 0.5, 0.42])).toContain("Without it the signal fades on its way");
  });

  it("tells where the validation losses tell another story, and that few steps tell little", () => {
    const lags = blocks({ losses: [0.04, 0.08], validLosses: [0.9, 0.1] });
    expect(lags).toContain(
      "another story: 0.900 with BatchNorm, 0.100 without, so there the model without it is ahead.",
    );
    expect(lags).toContain("lag behind after few steps");
    const other = blocks({ losses: [0.08, 0.08], validLosses: [0.1, 0.9] });
    expect(other).toContain("so there the model with BatchNorm is ahead.");
    expect(other).not.toContain("lag behind");
    for (const validLosses of [
      [0.05, 0.1],
      [null, null],
      [Number.NaN, 0.1],
    ] as const) {
      expect(blocks({ losses: [0.04, 0.08], validLosses })).not.toContain("another story");
    }
    expect(blocks({})).not.toContain("It is early");
    const few = {
      with: [look(20, [1, 1, 1], { norm: [1, 1, 1] })],
      without: [look(20, [1, 1, 1])],
      averaged: 5,
    };
    expect(blocks(few)).toContain("It is early, after 20 steps");
    expect(blocks(few)).toContain("mean of the last 5 steps");
    expect(columns({ ...few, settings: { change: "continuous" } })).toContain("It is early, after 20 steps");
    expect(columns(few)).not.toContain("It is early");
  });

  it("tells of units that are always zero, and of a network that died of it", () => {
    const seen = (options: { spread?: number; nearZero?: number }) =>
      blocks({ without: [look(0, [1, 1, 1]), look(200, [1, 1, 1], options)] });
    expect(seen({ nearZero: 0.5 })).not.toContain("cannot learn");
    expect(seen({ nearZero: 0.97 })).toContain("97\u00a0% of what the ReLUs of layer 1 let through is zero");
    const dead = seen({ nearZero: 0.97, spread: 1e-4 });
    expect(dead).toContain("the network died: its output is the same for every row: 97\u00a0%");
    expect(dead).not.toContain("changes little");
  });

  it("says of the loss what was measured, whoever is ahead", () => {
    const said = (losses: [number | null, number | null], diverged?: [number | null, number | null]) =>
      blocks({ losses, diverged });
    expect(said([0.04, 6.5])).toContain(
      "only the model with BatchNorm learns: the training loss ends at 0.0400 with BatchNorm, 6.50 without (mean of the last 20 steps)",
    );
    expect(said([0.04, 0.08])).toContain("BatchNorm helps");
    expect(said([0.04, 0.041])).toContain("end close together");
    expect(said([0.08, 0.04])).toContain("the model without BatchNorm is ahead");
    expect(said([0.08, null], [null, 12])).toContain("no longer a number after 12 steps");
    expect(said([null, 0.1], [1, null])).toContain("with BatchNorm that fell apart, after 1 step.");
    expect(said([null, null], [3, 4])).toContain("both models fell apart");
    expect(said([null, null])).not.toContain("At a learning rate");
  });

  it("asks to switch it off where both have it, and says nothing of a network without hidden layers", () => {
    const said = blocks({ settings: { change: "continuous" } });
    expect(said).toContain("Here both models have it");
    expect(said).not.toContain("Without it");
    expect(blockFindings(comparison({ settings: { layers: [] } }))).toEqual([]);
  });
});

describe("what is said of BatchNorm on continuous columns", () => {
  const seen = [
    column("age", { batchMeans: [-0.3, 0.2], batchStds: [0.8, 1.2], scale: 1.5, shift: -0.2 }),
    column("income", { scale: 0.4, shift: 0.6 }),
  ];

  it("tells how far batches stray, and what was learned per column", () => {
    const said = columns({ columns: seen });
    expect(said).toContain("all 54,000 training rows. A batch is 256");
    expect(said).toContain(
      "the mean of “age” ran from −0.30 to 0.20, its standard deviation from 0.80 to 1.20",
    );
    expect(said).toContain(
      "scales are between 0.40 (income) and 1.50 (age), shifts between −0.20 (age) and 0.60 (income)",
    );
    expect(columns({ columns: seen.slice(0, 1) })).toContain("scales are 1.50 (age), shifts −0.20 (age)");
  });

  it("tells its effect only where it alone was switched off", () => {
    expect(columns({})).toContain("is seen when only it is switched off");
    const alone = (losses: [number | null, number | null], diverged?: [number | null, number | null]) =>
      columns({ settings: { change: "continuous" }, losses, diverged });
    expect(alone([0.03, 0.031])).toContain(
      "It has no clear effect here: the training loss ends at 0.0300 with it, at 0.0310 without (mean of the last 20 steps)",
    );
    expect(alone([0.03, 0.09])).toContain("Here it helps");
    expect(alone([0.09, 0.03])).toContain("does better without it");
    expect(alone([0.09, null], [null, 5])).toContain("fell apart");
  });

  it("says so where there are no such columns", () => {
    const none = [
      { step: 0, loss: null, layers: [layer("relu", 1), layer("batch_norm", 1), layer("linear", 2)] },
    ];
    expect(columns({ with: none, without: none, columns: [] })).toBe(
      "This table has no continuous columns, so there is nothing for it to do.",
    );
  });
});
