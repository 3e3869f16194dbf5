import { describe, expect, it } from "vitest";
import {
  encodeTable,
  inputColumns,
  type PreprocessingState,
  unseenNotes,
} from "../../src/data/preprocessing.ts";
import { Table } from "../../src/data/table.ts";
import { booleans, dates, numbers, tableOf, texts } from "./columns.ts";

const state: PreprocessingState = {
  version: 1,
  recipe: "v2",
  categorical: [
    { name: "city", type: "text", levels: ["Bonn", "Ulm"] },
    { name: "area_na", type: "boolean", levels: [false, true] },
  ],
  continuous: [
    { name: "age", mean: 40, std: 10 - 1e-7 },
    { name: "area", mean: 80, std: 20 - 1e-7 },
  ],
  fillMissing: { area: 100 },
  fillStrategy: "median",
  addNaColumns: true,
  dateParts: [],
  target: { task: "regression", names: ["rent"], log: false },
};
const row = { city: "Ulm", age: 50, area: 60 };
const encode = (records: Record<string, unknown>[], lenient = false) =>
  encodeTable(Table.fromRecords(records), state, { targets: "none", lenient });

describe("encodeTable on new rows", () => {
  it("needs no target and ignores other columns", () => {
    const { rows, codes, continuous, targets } = encode([{ ...row, other: "x" }]);
    expect({ rows, codes: [...codes], continuous: [...continuous], targets }).toEqual({
      rows: 1,
      codes: [2, 1],
      continuous: [1, -1],
      targets: null,
    });
  });

  it("fills known gaps, marks them, and sends unseen and missing categories to 0", () => {
    const { codes, continuous } = encode([
      row,
      { city: "Köln", age: 40, area: null },
      { city: null, age: 40, area: 80 },
    ]);
    expect([...codes]).toEqual([2, 1, 0, 2, 0, 1]);
    expect([...continuous]).toEqual([1, -1, 0, 1, 0, 0]);
  });

  it("counts the categories that training never saw, gaps aside", () => {
    const mixed: PreprocessingState = {
      ...state,
      categorical: [
        { name: "city", type: "text", levels: ["Bonn", "Ulm"] },
        { name: "floor", type: "number", levels: [0, 1] },
        { name: "lift", type: "boolean", levels: [true] },
        { name: "day", type: "date", levels: ["2020-01-01"] },
      ],
      continuous: [],
      fillMissing: {},
    };
    const table = tableOf(
      texts("city", ["Ys", "Ulm", "Ys", "Atlantis", null, "Rungholt", "Vineta"]),
      numbers("floor", [1, 0.5, null, 0, 1, 1, 0]),
      booleans("lift", [true, null, false, true, null, true, false]),
      dates("day", [
        "2020-01-01",
        "2020-01-01",
        null,
        "2020-01-01",
        "2020-01-01",
        "2020-01-01",
        "2020-01-02",
      ]),
    );
    const { codes, unseen } = encodeTable(table, mixed, { targets: "none" });
    expect([...codes].filter((_, i) => i % 4 === 0)).toEqual([0, 2, 0, 0, 0, 0, 0]);
    expect(unseen).toEqual([
      { column: "city", count: 5, present: 6, examples: ["Ys", "Atlantis", "Rungholt"] },
      { column: "floor", count: 1, present: 6, examples: [0.5] },
      { column: "lift", count: 2, present: 5, examples: [false] },
      { column: "day", count: 1, present: 6, examples: ["2020-01-02"] },
    ]);
    expect(unseenNotes(unseen!)).toEqual([
      'city: 5 of 6 values were never seen in training ("Ys", "Atlantis", …)',
      "floor: 1 of 6 values was never seen in training (0.5)",
      "lift: 2 of 5 values were never seen in training (false)",
      'day: 1 of 6 values was never seen in training ("2020-01-02")',
    ]);
    expect(encode([row]).unseen).toEqual([]);
    expect(encode([{ ...row, city: null }]).unseen).toEqual([]);
  });

  it("accepts columns of nothing but gaps", () => {
    const table = tableOf(numbers("city", [null]), numbers("age", [50]), texts("area", [null]));
    expect([...encodeTable(table, state, { targets: "none" }).codes]).toEqual([0, 2]);
  });

  it("refuses a gap where training had none, unless lenient", () => {
    const records = [row, { ...row, age: null }];
    expect(() => encode(records)).toThrow(
      'Column "age" is missing in row 1 (counted from 0) but never was in training, so there is no fill value. Fill it first, or fit again with such rows.',
    );
    expect([...encode(records, true).continuous]).toEqual([1, -1, 0, -1]);
  });

  it("refuses a table that lacks columns", () => {
    expect(() => encode([{ city: "Ulm", age: 50 }])).toThrow(
      'The table lacks the column "area", which the model was trained on. The columns are "city", "age". Add it, with empty cells where it is unknown.',
    );
    expect(() => encode([{ City: "Ulm" }])).toThrow(
      'lacks the column "city" (and 2 more), which the model was trained on. Did you mean "City"?',
    );
    expect(() => encodeTable(Table.fromRecords([row]), state, { targets: "required" })).toThrow(
      'lacks the column "rent"',
    );
  });

  it("refuses text in a numeric column", () => {
    expect(() =>
      encode([row, { ...row, age: undefined }].map((r) => ({ ...r, age: r.age ? "50" : "old" }))),
    ).toThrow('Column "age" is numeric, but holds the text "old" in row 1 (counted from 0).');
    expect(() => encode([{ ...row, age: "50" }])).toThrow(
      'Column "age" holds text, not numbers, although its text reads like numbers. Read it as numbers: readCsv(file, { types: { "age": "number" } }).',
    );
  });

  it("refuses infinities", () => {
    expect(() => encode([{ ...row, area: Number.POSITIVE_INFINITY }])).toThrow(
      'Column "area" is infinite in row 0 (counted from 0).',
    );
  });

  it("encodes an empty table to nothing", () => {
    const empty = Table.fromRecords([row]).head(0);
    expect(encodeTable(empty, state, { targets: "none" })).toMatchObject({
      rows: 0,
      codes: new Uint32Array(),
    });
  });
});

describe("inputColumns", () => {
  it("lists what a table must bring along, and its kinds", () => {
    const dated: PreprocessingState = {
      ...state,
      categorical: [{ name: "saleYear", type: "number", levels: [2020] }, ...state.categorical],
      dateParts: [{ column: "saledate", prefix: "sale", time: false }],
    };
    expect(inputColumns(dated)).toEqual([
      { name: "saledate", type: "date" },
      { name: "city", type: "text" },
      { name: "age", type: "continuous" },
      { name: "area", type: "continuous" },
    ]);
  });
});
