import { beforeAll, describe, expect, it } from "vitest";
import { formFields, niceStep, rowValues, typicalValues } from "../../../demo/predictions/form.ts";
import {
  matching,
  outsideNote,
  sayOf,
  shownNumber,
  typedCategory,
  typedNumber,
} from "../../../demo/predictions/typed.ts";
import type { CategoryField, NumberField } from "../../../demo/predictions/types.ts";
import type { Workbench } from "../../../demo/worker/workbench.ts";
import { Table, TabularData } from "../../../src/index.ts";
import { benchWith } from "../small_bench.ts";

describe("the fields of a form", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await benchWith("y");
  });

  it("are one per input column, with the known categories and the range that the rows hold", () => {
    const { model, trainedOn } = bench.current!;
    const [town, weekday, warm] = formFields(model.preprocessing, trainedOn!.table);
    expect(town).toEqual({
      kind: "category",
      name: "town",
      type: "text",
      options: ["Aachen", "Bonn", "Celle", "Dresden"],
    });
    expect(weekday).toMatchObject({ kind: "category", options: [1, 2, 3, 4, 5, 6, 7] });
    const column = trainedOn!.table.column("warm");
    const present = [...(column as { values: Float64Array }).values].filter((value) => !Number.isNaN(value));
    const { min, max, step, seen, fill } = warm as NumberField;
    expect([seen, step]).toEqual([true, 0.1]);
    expect(min).toBeLessThanOrEqual(Math.min(...present));
    expect(min).toBeGreaterThan(Math.min(...present) - step);
    expect(max).toBeGreaterThanOrEqual(Math.max(...present));
    expect(max).toBeLessThan(Math.max(...present) + step);
    expect(fill).toBe(model.preprocessing.fillMissing.warm);
  });

  it("guess a range from mean and standard deviation where there are no rows", () => {
    const { preprocessing } = bench.current!.model;
    const fields = formFields(preprocessing, null);
    const { mean, std } = preprocessing.continuous[0];
    const { min, max, seen } = fields[2] as NumberField;
    expect(seen).toBe(false);
    expect(Math.abs(min - (mean - 2.5 * std))).toBeLessThan(0.5);
    expect(Math.abs(max - (mean + 2.5 * std))).toBeLessThan(0.5);
    const { town, weekday, warm } = typicalValues(fields, null);
    expect([town, weekday]).toEqual(["Aachen", 1]);
    expect(warm).toBeCloseTo(preprocessing.fillMissing.warm, 0);
  });

  it("start from the most frequent category and the median, or from a row", () => {
    const table = Table.fromRecords([
      { town: "b", x: 1, on: true, day: new Date("2024-01-03"), y: 1 },
      { town: "a", x: 7, on: false, day: new Date("2024-01-01"), y: 2 },
      { town: "b", x: null, on: true, day: new Date("2024-01-02"), y: 3 },
      { town: null, x: 3, on: true, day: null, y: 4 },
    ]);
    const { preprocessing } = TabularData.from(table, {
      categorical: ["town", "on"],
      continuous: ["x", "dayElapsed"],
      dates: ["day"],
      target: "y",
      valid: "none",
    });
    const fields = formFields(preprocessing, table);
    expect(fields.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "day date",
      "town category",
      "on category",
      "x number",
    ]);
    expect(fields[0]).toMatchObject({ min: "2024-01-01", max: "2024-01-03", time: false });
    expect(fields[3]).toMatchObject({ min: 1, max: 7, step: 1 });
    expect(typicalValues(fields, table)).toEqual({ day: "2024-01-02", town: "b", on: true, x: 3 });
    expect(rowValues(fields, table, 2)).toEqual({ day: "2024-01-02", town: "b", on: true, x: null });
    expect(rowValues(fields, table, 3)).toEqual({ day: null, town: null, on: true, x: 3 });
  });

  it("have steps that people count in", () => {
    expect([0.034, 1, 7.2, 490, 0.5].map(niceStep)).toEqual([0.02, 1, 5, 200, 0.5]);
  });
});

describe("what is typed", () => {
  it("is a number with a point or a comma, or none", () => {
    expect(["1.5", "0,25", " -3 ", "−2", "1e3", ".5"].map(typedNumber)).toEqual([
      1.5, 0.25, -3, -2, 1000, 0.5,
    ]);
    for (const text of ["", "-", "abc", "1.2.3", "1,234,5", "NaN", "Infinity"])
      expect(typedNumber(text)).toBeUndefined();
    expect(shownNumber(0.1 + 0.2)).toBe("0.3");
  });

  const shop: CategoryField = { kind: "category", name: "shop", type: "number", options: [1, 2, 12, 21] };
  const town: CategoryField = {
    kind: "category",
    name: "town",
    type: "text",
    options: ["Bonn", "Aachen", "Bad Abbach"],
  };

  it("is a known category in its own type, else a new one of that type, else nothing", () => {
    expect(typedCategory(shop, "12")).toBe(12);
    expect(typedCategory(shop, "99")).toBe(99);
    expect(typedCategory(shop, "x")).toBeNull();
    expect(typedCategory(town, " Bonn ")).toBe("Bonn");
    expect(typedCategory(town, "Ulm")).toBe("Ulm");
    expect(typedCategory(town, "")).toBeNull();
    expect(typedCategory({ ...town, type: "boolean", options: [true] }, "maybe")).toBeNull();
  });

  it("is searched: what begins with it before what holds it", () => {
    expect(matching(town.options, "a", 9)).toEqual(["Aachen", "Bad Abbach"]);
    expect(matching(town.options, "b", 9)).toEqual(["Bonn", "Bad Abbach"]);
    expect(matching(shop.options, "2", 9)).toEqual(["2", "21", "12"]);
    expect(matching(shop.options, "", 3)).toEqual(["1", "2", "12"]);
  });

  it("is told to be outside of what the rows hold", () => {
    const field: NumberField = { kind: "number", name: "x", min: 0, max: 10, step: 1, seen: true, fill: 5 };
    expect(outsideNote(field, 10)).toBeNull();
    expect(outsideNote(field, null)).toBeNull();
    expect(outsideNote({ ...field, seen: false }, 99)).toBeNull();
    expect(outsideNote(field, 10.5)).toBe("Outside 0 to 10, which the rows hold: the model guesses here.");
    const year = { ...field, min: 2007, max: 2009 };
    expect(outsideNote(year, 2012)).toMatch(/^Outside 2007 to 2009,/);
  });

  it("is told with a comma among its digits, unless it is a year", () => {
    const year = sayOf({ min: 2007, max: 2009 });
    expect([2007, 2009, 2008.0291262].map(year)).toEqual(["2007", "2009", "2008.029"]);
    expect([1, -2008].map(sayOf({ min: 0, max: 40_000 }))).toEqual(["1", "−2,008"]);
  });
});
