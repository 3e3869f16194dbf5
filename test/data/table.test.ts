import { describe, expect, it } from "vitest";
import { Table } from "../../src/data/table.ts";
import { DataError } from "../../src/errors.ts";
import { booleans, dates, numbers, tableOf, texts } from "./columns.ts";

const table = tableOf(
  numbers("age", [31, null, 2.5]),
  booleans("member", [true, false, null]),
  texts("city", ["Ulm", null, "Bonn"]),
  dates("since", ["2015-07-31", null, "2016-01-01"]),
);

describe("Table", () => {
  it("knows its rows, names and columns", () => {
    expect(table.rows).toBe(3);
    expect(table.names).toEqual(["age", "member", "city", "since"]);
    expect(table.has("age")).toBe(true);
    expect(table.has("Age")).toBe(false);
    expect(table.column("city").kind).toBe("text");
  });

  it("gets more columns behind its own, and may lose one of these", () => {
    const more = [numbers("height", [1.8, 1.7, null]), texts("pet", ["cat", "dog", null])];
    expect(table.withColumns(more).names).toEqual(["age", "member", "city", "since", "height", "pet"]);
    const without = table.withColumns(more, "since");
    expect(without.names).toEqual(["age", "member", "city", "height", "pet"]);
    expect(without.column("city")).toBe(table.column("city"));
    const same = numbers("since", [1, 2, 3]);
    expect(() => table.withColumns([same])).toThrow('Column "since" appears twice in the table.');
    expect(table.withColumns([same], "since").column("since")).toBe(same);
    expect(table.names).toEqual(["age", "member", "city", "since"]);
  });

  it("takes rows in any order and repeatedly", () => {
    expect(table.take(Uint32Array.of(2, 0, 2)).toRecords()).toEqual([
      { age: 2.5, member: null, city: "Bonn", since: new Date("2016-01-01") },
      { age: 31, member: true, city: "Ulm", since: new Date("2015-07-31") },
      { age: 2.5, member: null, city: "Bonn", since: new Date("2016-01-01") },
    ]);
  });

  it("gives the first rows, or all if there are fewer", () => {
    expect(table.head(2).toRecords()).toEqual(table.toRecords().slice(0, 2));
    expect(table.head(9).rows).toBe(3);
  });

  it("suggests near names for an unknown column", () => {
    expect(() => table.column("citi")).toThrow('There is no column "citi". Did you mean "city"?');
    expect(() => table.column("AGE")).toThrow('There is no column "AGE". Did you mean "age"?');
    expect(() => table.column("price")).toThrow(
      'There is no column "price". The columns are "age", "member", "city", "since".',
    );
    expect(() => table.column("price")).toThrow(DataError);
  });

  it("refuses two columns of one name", () => {
    expect(() => tableOf(numbers("a", [1]), texts("a", ["x"]))).toThrow(
      'Column "a" appears twice in the table. Rename one of the two.',
    );
  });

  it("refuses columns of different lengths", () => {
    expect(() => tableOf(numbers("a", [1]), numbers("b", [1, 2]))).toThrow(
      'Column "b" has 2 rows but "a" has 1; all columns of a table are equally long.',
    );
  });

  it("may be empty", () => {
    expect(Table.fromColumns([]).rows).toBe(0);
  });
});
