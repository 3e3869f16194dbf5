import { describe, expect, it } from "vitest";
import { EpochTable } from "../../src/cli/epoch_table.ts";
import { lossChart } from "../../src/cli/loss_chart.ts";
import { bytesText, clock, grouped, shown, textTable } from "../../src/cli/text_table.ts";
import { afterTraining } from "../../src/cli/training_notes.ts";

describe("textTable", () => {
  it("puts numbers to the right and words to the left", () => {
    const rows = [
      ["store", 7],
      ["day", 1234],
    ];
    expect(textTable(["column", "levels"], rows)).toBe("column  levels\nstore        7\nday       1234");
  });

  it("prints a heading without rows", () => {
    expect(textTable(["a", "b"], [])).toBe("a  b");
  });
});

describe("numbers for people", () => {
  it("groups thousands and scales bytes", () => {
    expect(grouped(1234567)).toBe("1,234,567");
    expect([999, 1000, 152_116, 1_234_567, 5e12].map(bytesText)).toEqual([
      "999 bytes",
      "1.0 kB",
      "152 kB",
      "1.2 MB",
      "5000 GB",
    ]);
  });

  it("prints times as fastai does", () => {
    expect([0, 7.4, 59.6, 3723, Number.NaN].map(clock)).toEqual([
      "00:00",
      "00:07",
      "01:00",
      "1:02:03",
      "--:--",
    ]);
  });
});

describe("values of the table of examples", () => {
  it("rounds numbers, also those of several targets", () => {
    expect([1 / 3, 5, 1234.567, "Bern"].map(shown)).toEqual(["0.3333", "5", "1235", "Bern"]);
    expect(shown({ price: 350_000.123, share: 2 / 3 })).toBe("price 350000, share 0.6667");
  });
});

describe("afterTraining", () => {
  const epoch = (trainLoss: number, validLoss: number | null) =>
    ({ epoch: 0, trainLoss, validLoss, metrics: {}, seconds: 1, rowsPerSecond: 1 }) as const;
  const regression = { loss: 2, task: "regression" } as const;

  it("warns of a model that is not better than a constant, by the last epoch", () => {
    const warned = afterTraining({ epochs: [epoch(1, 1), epoch(1, 2)], baseline: regression }, {});
    expect(warned.warnings).toEqual([
      "The model is no better than a constant: valid_loss is 2.000, always predicting the training mean gives 2.000. " +
        "Try more --epochs, a higher --lr (`tabgpu lr-find` suggests one), or a --y-range.",
    ]);
    const better = afterTraining({ epochs: [epoch(1, 3), epoch(1, 1.99)], baseline: regression }, {});
    expect(better.warnings).toEqual([]);
    const classes = { loss: 0.5, task: "classification" } as const;
    const { warnings } = afterTraining({ epochs: [epoch(1, Number.NaN)], baseline: classes }, {});
    expect(warnings[0]).toMatch(/classes' shares in training gives 0\.5000\..*suggests one\)\.$/);
  });

  it("has nothing to compare without a baseline or validation", () => {
    expect(afterTraining({ epochs: [epoch(9, 9)], baseline: null }, {}).warnings).toEqual([]);
    expect(afterTraining({ epochs: [epoch(9, null)], baseline: null }, {})).toEqual({
      warnings: [],
      notes: [],
    });
  });

  it("explains a train_loss far above the valid_loss after the first epoch", () => {
    const notes = (first: number) =>
      afterTraining({ epochs: [epoch(first, 1), epoch(9, 1)], baseline: regression }, {}).notes;
    expect(notes(2)).toEqual([]);
    expect(notes(2.1)).toEqual([expect.stringContaining("train_loss is fastai's running average")]);
  });
});

describe("EpochTable", () => {
  const row = {
    epoch: 0,
    trainLoss: 0.5,
    validLoss: 0.25,
    metrics: { exp_rmspe: 0.125 },
    seconds: 61,
    rowsPerSecond: 1,
  };

  it("prints the heading once, then a line an epoch", () => {
    const table = new EpochTable();
    expect(table.lines(row)).toEqual([
      "epoch       train_loss  valid_loss  exp_rmspe   time",
      "0           0.500000    0.250000    0.125000    01:01",
    ]);
    expect(table.lines({ ...row, epoch: 1 })).toHaveLength(1);
  });

  it("leaves a dash where there is no validation", () => {
    const lines = new EpochTable().lines({ ...row, validLoss: null, metrics: {} });
    expect(lines[1]).toBe("0           0.500000    -           01:01");
  });
});

describe("lossChart", () => {
  const lrs = Array.from({ length: 50 }, (_, i) => 1e-7 * 10 ** (i / 7));
  const chart = lossChart(
    lrs,
    lrs.map((_, i) => 2 - i / 50),
  );
  const lines = chart.split("\n");

  it("falls from the left top to the right bottom for a falling loss", () => {
    expect(lines[1]).toMatch(/^ +2\.00 │•/);
    expect(lines[14]).toMatch(/^ +1\.02 │ +••$/);
  });

  it("names both ends of the rates", () => {
    expect(lines.at(-1)).toMatch(/1e-7 +learning rate +1e\+0$/);
  });

  it("survives a loss that is not finite", () => {
    expect(lossChart([1, 10, 100], [1, 0.5, Number.NaN])).toContain("•");
  });
});
