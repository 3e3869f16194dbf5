import { describe, expect, it } from "vitest";
import type { PreprocessingState } from "../../src/data/preprocessing.ts";
import { Table } from "../../src/data/table.ts";

const state: PreprocessingState = {
  version: 1,
  recipe: "v2",
  categorical: [
    { name: "Store", type: "number", levels: [1, 2] },
    { name: "State", type: "text", levels: ["BY", "HE"] },
    { name: "Open", type: "boolean", levels: [false, true] },
    { name: "Month", type: "number", levels: [7] },
    { name: "km_na", type: "boolean", levels: [false, true] },
  ],
  continuous: [
    { name: "km", mean: 0, std: 1 },
    { name: "Elapsed", mean: 0, std: 1 },
  ],
  fillMissing: { km: 3 },
  fillStrategy: "median",
  addNaColumns: true,
  dateParts: [{ column: "Date", prefix: "", time: false }],
  target: { task: "regression", names: ["Sales"], log: true },
};
const row = { Date: "2015-07-31", Store: 1, State: "HE", Open: true, km: 2.5 };

describe("Table.fromRecords", () => {
  it("takes kinds from the values and gaps from null, undefined, NaN and absent keys", () => {
    const table = Table.fromRecords([
      { n: 1, b: null, t: "x", d: new Date("2020-02-29") },
      { n: Number.NaN, b: false, t: undefined, extra: 0.5 },
    ]);
    expect(table.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ["n", "number"],
      ["b", "boolean"],
      ["t", "text"],
      ["d", "date"],
      ["extra", "number"],
    ]);
    expect(table.toRecords()).toEqual([
      { n: 1, b: null, t: "x", d: new Date("2020-02-29"), extra: null },
      { n: null, b: false, t: null, d: null, extra: 0.5 },
    ]);
  });

  it("tells integers from floats", () => {
    const table = Table.fromRecords([
      { i: 1, f: 1 },
      { i: null, f: 0.5 },
    ]);
    expect(table.column("i")).toMatchObject({ integer: true });
    expect(table.column("f")).toMatchObject({ integer: false });
  });

  it("refuses a column of mixed kinds", () => {
    expect(() => Table.fromRecords([{ x: null }, { x: 1 }, { x: "2" }])).toThrow(
      'Column "x" mixes number (1 in row 1 (counted from 0)) and text (the text "2" in row 2 (counted from 0)). Convert one of them; a column holds one kind of value.',
    );
  });

  it("refuses values no column can hold", () => {
    expect(() => Table.fromRecords([{ x: [1] }])).toThrow(
      'Column "x" holds an array in row 0 (counted from 0); a cell is a number, text, true, false, a Date or null.',
    );
  });

  it("like a state: has its input columns only, dates in place of their parts, no _na columns", () => {
    const table = Table.fromRecords([{ ...row, ignored: 1 }], state);
    expect(table.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ["Date", "date"],
      ["Store", "number"],
      ["State", "text"],
      ["Open", "boolean"],
      ["km", "number"],
    ]);
    expect(table.toRecords()[0].Date).toEqual(new Date("2015-07-31"));
  });

  it("like a state: takes true and false as continuous values", () => {
    const table = Table.fromRecords([{ ...row, km: true }], state);
    expect(table.toRecords()[0].km).toBe(1);
  });

  it("like a state: names the column and row that is missing", () => {
    const { State, ...lacking } = row;
    expect(State).toBe("HE");
    expect(() => Table.fromRecords([row, lacking], state)).toThrow(
      'Column "State", which the model was trained on, is not there in row 1 (counted from 0). Give every row a value for it, or null where it is unknown.',
    );
  });

  it.each([
    [
      { Store: "1" },
      'Column "Store" holds the text "1" in row 0 (counted from 0), but held numbers in training.',
    ],
    [{ State: 7 }, 'Column "State" holds 7 in row 0 (counted from 0), but held text in training.'],
    [{ Open: 1 }, 'Column "Open" holds 1 in row 0 (counted from 0), but held true and false in training.'],
    [
      { km: "far" },
      'Column "km" holds the text "far" in row 0 (counted from 0), but held numbers in training.',
    ],
    [
      { Date: "31.7.2015" },
      'Column "Date" holds the text "31.7.2015" in row 0 (counted from 0), but held dates (a Date, or text like 2015-07-31) in training.',
    ],
  ])("like a state: refuses another kind of value, %j", (change, message) => {
    expect(() => Table.fromRecords([{ ...row, ...change }], state)).toThrow(message);
  });

  it("like a state: null is a gap of any kind", () => {
    const [cells] = Table.fromRecords(
      [{ Date: null, Store: null, State: null, Open: null, km: null }],
      state,
    ).toRecords();
    expect(cells).toEqual({ Date: null, Store: null, State: null, Open: null, km: null });
  });
});
