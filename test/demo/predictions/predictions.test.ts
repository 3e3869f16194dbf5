import { beforeAll, describe, expect, it } from "vitest";
import { cellText, confusionCounts, frequentClasses } from "../../../demo/predictions/evaluate.ts";
import { predictionJobs, scoredName } from "../../../demo/predictions/job.ts";
import { scoreTable } from "../../../demo/predictions/score_file.ts";
import type { Evaluation, ScoreProgress } from "../../../demo/predictions/types.ts";
import { measuresOf, rowLosses } from "../../../demo/worker/outcomes.ts";
import { permutation, sampleRows, seeded } from "../../../demo/worker/sampling.ts";
import { Workbench } from "../../../demo/worker/workbench.ts";
import { accuracy, readCsv, Table } from "../../../src/index.ts";
import { benchWith, penguinBench } from "../small_bench.ts";

const none = () => {};
const evaluated = async (bench: Workbench) => (await predictionJobs(bench).evaluateModel(none)) as Evaluation;

describe("confusionCounts", () => {
  it("counts each true class against each predicted one, the first of equals", () => {
    const raw = [1, 0, 0, 0, 2, 1, 0, 0, 3, 5, 5, 0];
    expect(confusionCounts(raw, [0, 2, 2, 1], 3)).toEqual([
      [1, 0, 0],
      [1, 0, 0],
      [0, 1, 1],
    ]);
  });

  it("keeps the most frequent classes of many and says what it leaves out", () => {
    const counts = [
      [5, 1, 0],
      [0, 2, 0],
      [1, 0, 3],
    ];
    expect(frequentClasses(["a", "b", "c"], counts, 2)).toEqual({
      classes: ["a", "c"],
      counts: [
        [5, 0],
        [1, 3],
      ],
      leftOut: { classes: 1, rows: 2 },
    });
    expect(frequentClasses([true, false, "x"], counts).leftOut).toEqual({ classes: 0, rows: 0 });
  });
});

describe("samples", () => {
  it("are drawn without repetition, in order, the same for the same seed, and evenly", () => {
    const rows = Uint32Array.from({ length: 1000 }, (_, i) => 2 * i);
    const sample = sampleRows(rows, 100, 3);
    expect(sample).toEqual(sampleRows(rows, 100, 3));
    expect(new Set(sample).size).toBe(100);
    expect([...sample]).toEqual([...sample].sort((a, b) => a - b));
    expect(sample.filter((row) => row < 1000).length).toBeGreaterThan(30);
    expect(sample.filter((row) => row < 1000).length).toBeLessThan(70);
    expect(sampleRows(rows, 5000)).toBe(rows);
    expect([...permutation(50, seeded(1))].sort((a, b) => a - b)).toEqual([...Array(50).keys()]);
  });
});

describe("a model of one number", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await benchWith("y");
  });

  it("has a form that starts anywhere and predicts in the target's unit", async () => {
    const jobs = predictionJobs(bench);
    const form = jobs.predictionForm();
    expect(form).toMatchObject({ task: "regression", logTarget: true, targets: ["y"] });
    expect(form.rows).toEqual({ count: 200, kind: "validation" });
    const start = jobs.startRow(850);
    const record = bench.table!.table.take(Uint32Array.of(850)).toRecords()[0];
    expect(start.truth).toEqual({ y: record.y });
    expect(start.values).toEqual({ town: record.town, weekday: record.weekday, warm: record.warm });
    const said = await jobs.predictRow(start.values);
    const [{ prediction }] = await bench.current!.model.predict([record]);
    expect(said).toEqual({ task: "regression", values: [{ name: "y", value: prediction }], notes: [] });
    expect(jobs.startRow().row).toBeGreaterThanOrEqual(700);
    const unseen = await jobs.predictRow({ ...start.values, town: "Atlantis" });
    expect(unseen.notes[0]).toContain("Atlantis");
  });

  it("is held against the validation rows", async () => {
    const { rows, of, kind, metrics, scatters, confusions, worst } = await evaluated(bench);
    expect([rows, of, kind]).toEqual([200, 200, "validation"]);
    expect(metrics.map(({ name }) => name)).toEqual(["exp_rmspe", "rmse", "r2_score"]);
    expect(metrics[2].value).toBeGreaterThan(0);
    expect(confusions).toEqual([]);
    const [scatter] = scatters;
    const truth = bench.table!.table.column("y") as { values: Float64Array };
    expect(scatter.truth.length).toBe(200);
    scatter.truth.forEach((value, i) => {
      expect(value / truth.values[700 + i]).toBeCloseTo(1, 5);
    });
    expect(worst.columns).toEqual([
      { name: "town", text: true },
      { name: "weekday", text: false },
      { name: "warm", text: false },
    ]);
    const off = Array.from(scatter.truth, (value, i) => Math.abs(Math.log(scatter.predicted[i] / value)));
    const worstOf = off.indexOf(Math.max(...off));
    expect(worst.rows).toHaveLength(10);
    expect(worst.rows[0].row).toBe(700 + worstOf);
    expect(worst.rows[0].off).toMatch(/^[+−][\d.]+\u00a0%$/);
  });

  it("uses the rows of the table at hand where it came from a file, or says why not", async () => {
    const alone = new Workbench();
    alone.current = { ...bench.current!, trainedOn: null };
    const rowsOf = () => predictionJobs(alone).predictionForm().rows;
    expect(rowsOf()).toMatch(/^This model came from a file, which holds no rows/);
    await expect(predictionJobs(alone).evaluateModel(none)).rejects.toThrow("holds no rows");
    alone.table = { name: "other.csv", table: Table.fromRecords([{ town: "Bonn", y: 3 }]), sample: null };
    expect(rowsOf()).toContain("(other.csv) lacks “weekday”, “warm”, which this model needs");
    alone.table = bench.table;
    expect(rowsOf()).toEqual({ count: 900, kind: "table" });
    expect((await evaluated(alone)).rows).toBe(900);
    alone.prepared = bench.prepared;
    expect(rowsOf()).toEqual({ count: 200, kind: "validation" });
    const nothing = predictionJobs(new Workbench());
    expect(() => nothing.predictionForm()).toThrow("There is no trained model yet");
  });

  it("reads a file to score with the marks of the model's own table, not of the one above", async () => {
    const two = new Workbench();
    two.current = { ...bench.current!, trainedOn: { ...bench.current!.trainedOn!, missing: ["?"] } };
    two.table = { name: "other.csv", table: bench.table!.table, sample: null, missing: ["Bonn"] };
    const csv = (mark: string) => ["town,weekday,warm", "Bonn,6,12.5", `Bonn,2,${mark}`, ""].join("\n");
    const score = (mark: string) =>
      predictionJobs(two).scoreFile(new File([csv(mark)], "days.csv"), { lenient: true }, none);
    const scored = await score("?");
    const town = (await readCsv(await scored!.csv.text())).toRecords().map((row) => row.town);
    expect(town).toEqual(["Bonn", "Bonn"]);
    await expect(score("Bonn")).rejects.toThrow("Bonn");
  });

  it("scores a file: its columns, then the predictions, those of the rows alone", async () => {
    const { table } = bench.table!;
    const csv = ["town,weekday,warm,y", "Bonn,6,12.5,3", "Atlantis,2,9,4", "Ys,1,,5", ""].join("\n");
    const told: ScoreProgress[] = [];
    const jobs = predictionJobs(bench);
    const file = new File([csv], "days.csv");
    const scored = await jobs.scoreFile(file, { lenient: false }, (progress) => told.push(progress));
    expect(scored).toMatchObject({ name: "days-predictions.csv", rows: 3 });
    expect(scored!.notes).toEqual([
      'town: 2 values that training never saw ("Atlantis", "Ys"), read as missing.',
    ]);
    expect(scored!.preview.columns.map(({ name }) => name)).toEqual([
      "y_prediction",
      "town",
      "weekday",
      "warm",
      "y",
    ]);
    expect(scored!.preview.columns.map(({ text }) => text)).toEqual([false, true, false, false, false]);
    const back = await readCsv(await scored!.csv.text());
    expect(back.names).toEqual(["town", "weekday", "warm", "y", "y_prediction"]);
    const said = await bench.current!.model.predict([{ town: "Bonn", weekday: 6, warm: 12.5 }]);
    expect(back.toRecords()[0].y_prediction).toBe(said[0].prediction);
    expect(told.at(-1)).toEqual({ note: "Predicting: 3 of 3 rows", fraction: 1 });
    expect(table.has("y_prediction")).toBe(false);
  });

  it("scores more rows than go at once, in order, under one header", async () => {
    const { model } = bench.current!;
    const rows = Uint32Array.from({ length: 20_000 }, (_, i) => i % 900);
    const table = bench.table!.table.take(rows);
    const { signal } = new AbortController();
    const done: number[] = [];
    const scored = await scoreTable(model, table, { lenient: false, signal, onDone: (n) => done.push(n) });
    const back = await readCsv(await scored.csv.text());
    expect(back.rows).toBe(20_000);
    expect(done).toEqual([8192, 16384, 20_000]);
    const predicted = (back.column("y_prediction") as { values: Float64Array }).values;
    expect(predicted.slice(0, 900)).toEqual(predicted.slice(18_000, 18_900));
    const stopped = scoreTable(model, table, {
      lenient: false,
      signal: AbortSignal.abort(new Error("stop")),
    });
    await expect(stopped).rejects.toThrow("stop");
  });

  it("tells what is wrong with a file, and gives nothing once it is stopped", async () => {
    const jobs = predictionJobs(bench);
    const scoreText = (text: string) => jobs.scoreFile(new File([text], "a.csv"), { lenient: false }, none);
    await expect(scoreText("town,warm\nBonn,3\n")).rejects.toThrow('lacks the column "weekday"');
    const running = scoreText("town,weekday,warm\nBonn,3,1\n");
    jobs.stopScoring();
    expect(await running).toBeNull();
  });

  it("names what it made", () => {
    expect(["a.csv", "b.csv.gz", "c.parquet", "plain"].map(scoredName)).toEqual([
      "a-predictions.csv",
      "b-predictions.csv",
      "c-predictions.csv",
      "plain-predictions.csv",
    ]);
  });
});

describe("a model of classes", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await penguinBench();
  });

  it("gives each class its probability", async () => {
    const jobs = predictionJobs(bench);
    const said = await jobs.predictRow(jobs.predictionForm().typical);
    if (said.task !== "classification") throw new Error(said.task);
    expect(said.classes.map(({ label }) => label)).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
    expect(said.classes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    const best = said.classes.reduce((a, b) => (b.probability > a.probability ? b : a));
    expect(said.label).toBe(best.label);
  });

  it("has a confusion matrix whose diagonal is the accuracy, and worst rows", async () => {
    const { rows, metrics, confusions, scatters, worst } = await evaluated(bench);
    expect(scatters).toEqual([]);
    const { classes, counts } = confusions[0].confusion;
    expect(classes).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
    expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(rows);
    const right = counts.reduce((sum, row, c) => sum + row[c], 0);
    expect(metrics[0].name).toBe(accuracy.name);
    expect(metrics[0].value).toBeCloseTo(right / rows, 12);
    expect(metrics[0].value).toBeGreaterThan(0.8);
    expect(worst.rows[0].off).toMatch(/^[\d.]+\u00a0%$/);
    const chances = worst.rows.map(({ off }) => Number.parseFloat(off));
    expect(chances).toEqual([...chances].sort((a, b) => a - b));
  });
});

describe("a model of labels", () => {
  it("has a matrix per label", async () => {
    const bench = await benchWith(["many", "weekend"], { task: "multilabel" });
    const { confusions, metrics, rows } = await evaluated(bench);
    expect(confusions.map(({ title }) => title)).toEqual(["many", "weekend"]);
    for (const { confusion } of confusions) {
      expect(confusion.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(rows);
    }
    expect(metrics[0].name).toBe("hamming_loss");
    const jobs = predictionJobs(bench);
    expect((await jobs.predictRow(jobs.predictionForm().typical)).task).toBe("multilabel");
  });
});

describe("losses of single rows", () => {
  it("are cross entropy and binary cross entropy, without overflow", async () => {
    const { preprocessing } = (await penguinBench()).current!.model;
    const raw = Float32Array.of(1, 2, 3, 200, 0, -200);
    const [first, second] = rowLosses({ raw, targets: Float32Array.of(2, 2) }, preprocessing);
    expect(first).toBeCloseTo(Math.log(1 + Math.exp(-1) + Math.exp(-2)), 12);
    expect(second).toBe(400);
    const labels = { ...preprocessing, target: { task: "multilabel", names: ["a", "b"] } } as const;
    const [loss] = rowLosses({ raw: Float32Array.of(0, 300), targets: Float32Array.of(1, 0) }, labels);
    expect(loss).toBeCloseTo((Math.log(2) + 300) / 2, 12);
    expect(measuresOf(labels).map(({ name }) => name)).toEqual(["hamming_loss", "f1_score_macro"]);
  });
});

it("a cell is shown with a true minus, a date as it is", () => {
  expect([-3, -0.123456, "2015-07-31", null].map(cellText)).toEqual(["−3", "−0.1235", "2015-07-31", "–"]);
});
