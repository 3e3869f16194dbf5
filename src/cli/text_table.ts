import type { Shown } from "./page_api.ts";

/** Pads cells to columns: numbers (and their headings) to the right, words to the left. */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const right = header.map((_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column])));
  return cells
    .map((row) =>
      row
        .map((cell, column) => (right[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function isNumber(cell: string | number): boolean {
  return typeof cell === "number" || /^[-+]?[\d,]*\.?\d+(e[-+]?\d+)?$/i.test(cell);
}

/** 54000 → "54,000" */
export function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

/** Decimal units, two digits: 1234567 → "1.2 MB". */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${["", "kB", "MB", "GB"][power]}`;
}

/** Seconds as fastai prints them: "00:07", "1:02:03"; "--:--" where the time is not known. */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return "--:--";
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** A label as it is; numbers in about four digits, with the targets' names where there are several. */
export function shown(value: Shown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object") {
    const entries = Object.entries(value).map(([name, number]) => `${name} ${shown(number)}`);
    return entries.join(", ");
  }
  return Number.isInteger(value) || Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}
