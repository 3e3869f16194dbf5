import { beforeAll, describe, expect, it } from "vitest";
import {
  levelsColumn,
  partialDependence,
  quantile,
  quantileGrid,
  shownLevels,
} from "../../../demo/understanding/dependence.ts";
import { permutationImportance, shuffled } from "../../../demo/understanding/importance.ts";
import { understandingJobs } from "../../../demo/understanding/job.ts";
import { seeded } from "../../../demo/worker/sampling.ts";
import { Workbench } from "../../../demo/worker/workbench.ts";
import { type NumberColumn, Table } from "../../../src/index.ts";
import { benchWith } from "../small_bench.ts";

const { signal } = new AbortController();
const numbers = (name: string, values: ArrayLike<number>): NumberColumn => {
  return { kind: "number", name, values: Float64Array.from(values), integer: false };
};
const valuesOf = (table: Table, name: string) => (table.column(name) as NumberColumn).values;

/** y = 3a + b², c has no say. */
const random = seeded(11);
const table = Table.fromColumns(
  ["a", "b", "c"].map((name) =>
    numbers(
      name,
      Array.from({ length: 500 }, () => 2 * random() - 1),
    ),
  ),
);
const model = (of: Table) => {
  const [a, b] = [valuesOf(of, "a"), valuesOf(of, "b")];
  return a.map((value, row) => 3 * value + b[row] ** 2);
};
const truth = model(table);

describe("permutationImportance", () => {
  const error = async (of: Table) => {
    const predicted = model(of);
    return predicted.reduce((sum, value, row) => sum + (value - truth[row]) ** 2, 0) / of.rows;
  };

  it("is zero for a column that is not used, and orders those that are", async () => {
    const found = await permutationImportance(table, ["c", "b", "a"], error, "lower", { repeats: 3, signal });
    expect(found.baseline).toBe(0);
    expect(found.columns.map(({ column }) => column)).toEqual(["a", "b", "c"]);
    const [a, b, c] = found.columns;
    expect([c.mean, c.least, c.greatest]).toEqual([0, 0, 0]);
    expect(b.mean).toBeGreaterThan(0.05);
    // Shuffling a: 9 · 2 · Var(a) = 6 for a uniform in ±1.
    expect(a.mean).toBeGreaterThan(5);
    expect(a.mean).toBeLessThan(7);
    expect(a.least).toBeLessThanOrEqual(a.mean);
    expect(a.greatest).toBeGreaterThan(a.least);
  });

  it("counts the fall of what should be high", async () => {
    const negative = async (of: Table) => -(await error(of));
    const found = await permutationImportance(table, ["a"], negative, "higher", { repeats: 2, signal });
    const other = await permutationImportance(table, ["a"], error, "lower", { repeats: 2, signal });
    expect(found.columns[0].mean).toBe(other.columns[0].mean);
  });

  it("shuffles one column and no other", () => {
    const order = Uint32Array.from({ length: table.rows }, (_, row) => table.rows - 1 - row);
    const other = shuffled(table, "b", order);
    expect(valuesOf(other, "b")).toEqual(valuesOf(table, "b").slice().reverse());
    expect(valuesOf(other, "a")).toEqual(valuesOf(table, "a"));
  });

  it("stops", async () => {
    const options = { repeats: 2, signal: AbortSignal.abort(new Error("enough")) };
    await expect(permutationImportance(table, ["a"], error, "lower", options)).rejects.toThrow("enough");
  });
});

describe("partialDependence", () => {
  it("is the mean over all rows with the column set, as brute force has it", async () => {
    const grid = numbers("b", [-1, 0, 0.5, 2]);
    const found = await partialDependence(table, grid, async (of) => model(of), { signal });
    const a = valuesOf(table, "a");
    grid.values.forEach((b, i) => {
      const predictions = Array.from(a, (value) => 3 * value + b ** 2).sort((p, q) => p - q);
      const mean = predictions.reduce((sum, value) => sum + value, 0) / predictions.length;
      expect(found.mean[i]).toBeCloseTo(mean, 12);
      expect(predictions.filter((value) => value < found.low[i])).toHaveLength(50);
      expect(predictions.filter((value) => value > found.high[i])).toHaveLength(50);
    });
  });

  it("takes quantiles between values as NumPy does", () => {
    const values = Float64Array.of(1, 2, 4, 8);
    expect([0, 0.1, 0.5, 0.9, 1].map((share) => quantile(values, share))).toEqual([
      1,
      expect.closeTo(1.3, 12),
      3,
      expect.closeTo(6.8, 12),
      8,
    ]);
    expect(quantile(Float64Array.of(7), 0.9)).toBe(7);
  });

  it("has a grid of values that occur, denser where there are more of them", () => {
    expect([...quantileGrid([3, 1, Number.NaN, 2, 1])]).toEqual([1, 2, 3]);
    const many = Array.from({ length: 1000 }, (_, i) => i ** 2);
    const grid = quantileGrid(many, 5);
    expect([...grid]).toEqual([0, 250 ** 2, 500 ** 2, 749 ** 2, 999 ** 2]);
    expect(quantileGrid([]).length).toBe(0);
  });

  it("shows the most frequent of many categories in their order, in the kind they had", () => {
    const vocab = { name: "town", type: "text", levels: ["a", "b", "c", "d"] } as const;
    expect(shownLevels(vocab, [1, 9, 2, 5], 2)).toEqual({ indices: [1, 3], leftOut: 2 });
    expect(shownLevels(vocab, null, 9)).toEqual({ indices: [0, 1, 2, 3], leftOut: 0 });
    const column = levelsColumn(vocab, [1, 3]);
    expect(column).toMatchObject({ kind: "text", dictionary: ["b", "d"] });
    const flag = levelsColumn({ name: "open", type: "boolean", levels: [false, true] }, [0, 1]);
    expect(flag).toMatchObject({ kind: "boolean", values: Uint8Array.of(0, 1) });
  });
});

describe("the jobs on a trained model", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await benchWith("y");
  });
  const none = () => {};

  it("tell what can be looked at", () => {
    const seen = understandingJobs(bench).understandable();
    expect(seen.embeddings.map(({ column }) => column)).toEqual(["town", "weekday", "warm_na"]);
    expect(seen.inputs).toEqual(["town", "weekday", "warm"]);
    expect(seen.measures[0]).toBe("mse");
    expect(seen.rows).toEqual({ count: 200, kind: "validation" });
  });

  it("measure the importance of every input column", async () => {
    const found = await understandingJobs(bench).permutationImportance("mse", none);
    expect(found?.columns.map(({ column }) => column).sort()).toEqual(["town", "warm", "weekday"]);
    expect(found?.columns[0].mean).toBeGreaterThan(0);
    expect(found).toMatchObject({ rows: 200, of: 200, kind: "validation", better: "lower" });
  });

  it("lay out a column's categories as distances between their embeddings", async () => {
    const map = await understandingJobs(bench).embeddingMap("weekday");
    expect([...map.labels].sort()).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
    const weights = (await bench.current!.model.tensors()).get("embeds.1.weight")!;
    const at = (label: string) => map.labels.indexOf(label);
    const [p, q] = [at("6"), at("7")];
    const flat = Math.hypot(map.x[p] - map.x[q], map.y[p] - map.y[q]);
    const rows = [6, 7].map((code) => weights.subarray(code * map.width, (code + 1) * map.width));
    const full = Math.hypot(...rows[0].map((value, k) => value - rows[1][k]));
    expect(flat).toBeLessThanOrEqual(full * (1 + 1e-6));
    expect(map.explained).toHaveLength(2);
    expect(map.counts!.reduce((sum, count) => sum + count, 0)).toBe(900);
    expect([...map.counts!]).toEqual([...map.counts!].sort((a, b) => b - a));
  });

  it("give the dependence that predicting row by row gives", async () => {
    const found = await understandingJobs(bench).partialDependence("weekday", "y", none);
    expect(found).toMatchObject({ kind: "category", labels: ["1", "2", "3", "4", "5", "6", "7"], rows: 200 });
    const { table: all, data } = bench.current!.trainedOn!;
    const records = all.take(data.validRows).toRecords();
    const said = await bench.current!.model.predict(
      records.map((record) => ({ ...record, weekday: 6 })),
      { lenient: true },
    );
    const mean = said.reduce((sum, { prediction }) => sum + (prediction as number), 0) / said.length;
    expect(found!.mean[5]).toBeCloseTo(mean, 6);
    const line = await understandingJobs(bench).partialDependence("warm", "y", none);
    expect(line!.kind).toBe("number");
    expect(line!.x.length).toBe(30);
    expect([...line!.x]).toEqual([...line!.x].sort((a, b) => a - b));
  });

  it("stand on a typical row where no rows are known", async () => {
    const alone = new Workbench();
    alone.current = { ...bench.current!, trainedOn: null };
    const jobs = understandingJobs(alone);
    expect(jobs.understandable().rows).toMatch(/^This model came from a file/);
    await expect(jobs.permutationImportance("mse", none)).rejects.toThrow("holds no rows");
    const found = await jobs.partialDependence("warm", "y", none);
    expect(found).toMatchObject({ rows: 1, kindOfRows: null });
    expect((await jobs.embeddingMap("town")).counts).toBeNull();
  });

  it("stop when another begins", async () => {
    const jobs = understandingJobs(bench);
    const first = jobs.partialDependence("warm", "y", none);
    const second = jobs.partialDependence("weekday", "y", none);
    expect(await first).toBeNull();
    expect((await second)?.column).toBe("weekday");
  });
});
