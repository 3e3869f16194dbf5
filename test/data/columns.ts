import type { Column } from "../../src/data/table.ts";
import { Table } from "../../src/data/table.ts";

/** Columns for tests; null is a gap. */
export function numbers(name: string, values: readonly (number | null)[], integer?: boolean): Column {
  const doubles = Float64Array.from(values, (value) => value ?? Number.NaN);
  const whole = values.every((value) => value === null || Number.isInteger(value));
  return { kind: "number", name, values: doubles, integer: integer ?? whole };
}

export function booleans(name: string, values: readonly (boolean | null)[]): Column {
  return {
    kind: "boolean",
    name,
    values: Uint8Array.from(values, (value) => (value === null ? 255 : Number(value))),
  };
}

export function texts(name: string, values: readonly (string | null)[]): Column {
  const dictionary = [...new Set(values.filter((value) => value !== null))];
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(value)));
  return { kind: "text", name, dictionary, codes };
}

export function dates(name: string, values: readonly (string | null)[]): Column {
  const ms = Float64Array.from(values, (value) => (value === null ? Number.NaN : Date.parse(value)));
  return { kind: "date", name, values: ms };
}

export function tableOf(...columns: Column[]): Table {
  return Table.fromColumns(columns);
}

/** 0, 1, …, n − 1. */
export function rows(n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, i) => i);
}
