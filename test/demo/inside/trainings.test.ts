import { describe, expect, it } from "vitest";
import { batchRanges, drawBatches } from "../../../demo/inside/batch_ranges.ts";
import { insideJobs } from "../../../demo/inside/job.ts";
import { Rendezvous } from "../../../demo/inside/rendezvous.ts";
import { parseInside } from "../../../demo/inside/settings.ts";
import {
  DEFAULT_INSIDE_SETTINGS,
  type InsideEvent,
  type InsideSettings,
} from "../../../demo/inside/types.ts";
import { Workbench } from "../../../demo/worker/workbench.ts";
import { TabularData } from "../../../src/index.ts";
import { inputs, smallTable } from "../../support/small_table.ts";

describe("a rendezvous", () => {
  it("lets nobody go on before all have come, or have left for good", async () => {
    const meeting = new Rendezvous(2);
    const passed: string[] = [];
    const first = meeting.meet().then(() => passed.push("first"));
    await Promise.resolve();
    expect(passed).toEqual([]);
    await Promise.all([first, meeting.meet().then(() => passed.push("second"))]);
    expect(passed).toEqual(["first", "second"]);
    const alone = meeting.meet();
    meeting.leave();
    await alone;
    await meeting.meet();
  });
});

describe("batches of a column", () => {
  it("have the ranges that a look at each gives", () => {
    const values = Float32Array.of(1, 10, 2, 20, 3, 30, 5, 60); // [4, 2]
    const batches = [Uint32Array.of(0, 1), Uint32Array.of(2, 3)];
    const [a, b] = batchRanges(values, 2, batches);
    expect(a.batchMeans).toEqual([1.5, 4]);
    expect(a.batchStds[1]).toBeCloseTo(Math.SQRT2, 6);
    expect(b.batchMeans).toEqual([15, 45]);
  });

  it("are drawn from all over, no row twice before all have come", () => {
    for (const length of [2, 7, 100, 1024]) {
      const rows = Uint32Array.from({ length }, (_, i) => 3 * i);
      const drawn = drawBatches(rows, length, 2).map((batch) => [...batch]);
      for (const batch of drawn) expect(batch.toSorted((x, y) => x - y)).toEqual([...rows]);
    }
  });
});

describe("settings", () => {
  const texts = { layers: "8, 8", lr: "0,05", steps: "50" };
  it("are read as typed, or all mistakes are told", () => {
    const read = parseInside(texts, DEFAULT_INSIDE_SETTINGS);
    expect(read).toEqual({ settings: { change: "blocks", layers: [8, 8], lr: 0.05, steps: 50 } });
    const wrong = parseInside({ layers: "x", lr: "0", steps: "5" }, DEFAULT_INSIDE_SETTINGS);
    expect(wrong).toEqual({
      errors: {
        layers: expect.stringContaining("whole numbers"),
        lr: expect.stringContaining("above 0"),
        steps: "Write a whole number from 10 to 2,000.",
      },
    });
  });
});

describe("two trainings side by side", () => {
  const data = TabularData.from(smallTable(), { ...inputs, target: "y", logTarget: true });
  const bench = () => {
    const made = new Workbench();
    made.prepared = { table: smallTable(), data, version: 1 };
    return made;
  };
  const run = async (settings: Partial<InsideSettings>, onEvent: (event: InsideEvent) => void = () => {}) => {
    const events: InsideEvent[] = [];
    const jobs = insideJobs(bench());
    const result = await jobs.compareInside(
      { change: "blocks", layers: [8, 6], lr: 0.02, steps: 20, ...settings },
      { yRange: null },
      { bs: 50, seed: 1 },
      (event) => {
        events.push(event);
        onEvent(event);
        if (event.kind === "look" && settings.steps === 1000) jobs.stopInside();
      },
    );
    const looks = (side: "with" | "without") =>
      events.flatMap((event) => (event.kind === "look" && event.side === side ? [event.look] : []));
    return { result, events, looks };
  };

  it("look at each model in the same steps, each in turn, and differ by the switch only", async () => {
    const { result, looks, events } = await run({});
    const steps = Array.from({ length: 21 }, (_, i) => i);
    expect(looks("with").map(({ step }) => step)).toEqual(steps);
    expect(looks("without").map(({ step }) => step)).toEqual(steps);
    const order = events.flatMap((event) => (event.kind === "look" ? [event.look.step] : []));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    const kinds = (side: "with" | "without") => looks(side)[0].layers.map(({ kind }) => kind);
    expect(kinds("with")).toEqual(["continuous", "relu", "batch_norm", "relu", "batch_norm", "linear"]);
    expect(kinds("without")).toEqual(["continuous", "relu", "relu", "linear"]);
    expect(looks("with")[0].layers[0]).toEqual(looks("without")[0].layers[0]);
    expect(result.stopped).toBe(false);
    for (const { trainLoss, averaged, validLoss, divergedAt } of Object.values(result.sides)) {
      expect(averaged).toBe(5);
      expect(trainLoss).toBeGreaterThan(0);
      expect(validLoss).toBeGreaterThan(0);
      expect(divergedAt).toBeNull();
    }
    expect(result.columns.map(({ name }) => name)).toEqual(["warm"]);
    const [{ scale, shift, batchMeans }] = result.columns;
    expect(Math.abs(scale - 1)).toBeLessThan(0.5);
    expect(Math.abs(shift)).toBeLessThan(0.5);
    expect(batchMeans[0]).toBeLessThan(0);
    expect(batchMeans[1]).toBeGreaterThan(0);
  });

  it("leave out the BatchNorm on the continuous columns, or both", async () => {
    const mean = (layers: readonly { mean: number }[]) => Math.abs(layers[0].mean);
    const continuous = await run({ change: "continuous", steps: 10 });
    const [withAll, without] = [continuous.looks("with")[0], continuous.looks("without")[0]];
    expect(without.layers.length).toBe(withAll.layers.length);
    expect(mean(withAll.layers)).toBeLessThan(1e-6);
    expect(mean(without.layers)).toBeGreaterThan(1e-4);
    const both = await run({ change: "both", steps: 10 });
    expect(both.looks("without")[0].layers.map(({ kind }) => kind)).toEqual([
      "continuous",
      "relu",
      "relu",
      "linear",
    ]);
    expect(mean(both.looks("without")[0].layers)).toBeGreaterThan(1e-4);
  });

  it("tell where one falls apart, while the other goes on", async () => {
    const { result, looks } = await run({ lr: 1e18, steps: 10 });
    expect(result.sides.without.divergedAt).toBeGreaterThan(0);
    expect(result.sides.without.trainLoss).toBeNull();
    expect(looks("with").length).toBeGreaterThanOrEqual(looks("without").length);
  });

  it("are looked at after the last step too, wherever the looks before fell", async () => {
    const { result, looks } = await run({ steps: 85 });
    expect(looks("with").at(-2)?.step).toBe(84);
    expect(looks("with").at(-1)?.step).toBe(85);
    expect(looks("without").at(-1)?.step).toBe(85);
    expect(result.stopped).toBe(false);
  });

  it("can be stopped", async () => {
    const { result, looks } = await run({ steps: 1000 });
    expect(result.stopped).toBe(true);
    expect(looks("with").length).toBeLessThan(5);
  });

  it("need data", async () => {
    const jobs = insideJobs(new Workbench());
    const started = jobs.compareInside(
      DEFAULT_INSIDE_SETTINGS,
      { yRange: null },
      { bs: 8, seed: 1 },
      () => {},
    );
    await expect(started).rejects.toThrow("There is no data to train on yet.");
  });
});
