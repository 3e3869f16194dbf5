import { expect } from "vitest";
import type { Table } from "../../src/data/table.ts";

/** Asserts the same columns with the same cells; how a text column numbers its words does not matter. */
export function columnsEqual(actual: Table, expected: Table): void {
  expect(actual.names).toEqual(expected.names);
  expected.columns.forEach((column, i) => {
    const other = actual.columns[i];
    expect(other.kind, column.name).toBe(column.kind);
    if (column.kind === "text" && other.kind === "text") {
      const words = (c: typeof column) => Array.from(c.codes, (code) => c.dictionary[code] ?? null);
      expect(words(other), column.name).toEqual(words(column));
    } else if (column.kind !== "text" && other.kind !== "text") {
      expect([...other.values], column.name).toEqual([...column.values]);
      if (column.kind === "number" && other.kind === "number") {
        expect(other.integer, column.name).toBe(column.integer);
      }
    }
  });
}
