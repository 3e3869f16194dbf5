import type { Column } from "tabgpu";

/** A cell as people read it; null where it is missing. */
export function cellText(column: Column, row: number): string | null {
  switch (column.kind) {
    case "text":
      return column.codes[row] < 0 ? null : column.dictionary[column.codes[row]];
    case "boolean":
      return column.values[row] > 1 ? null : column.values[row] === 1 ? "true" : "false";
    case "date":
      return Number.isNaN(column.values[row]) ? null : dateText(column.values[row]);
    case "number":
      return Number.isNaN(column.values[row]) ? null : String(Number(column.values[row].toPrecision(12)));
  }
}

/** 2015-07-31, with the time where it is not midnight. */
export function dateText(ms: number): string {
  const iso = new Date(ms).toISOString();
  return ms % 86_400_000 === 0 ? iso.slice(0, 10) : iso.slice(0, 16).replace("T", " ");
}
