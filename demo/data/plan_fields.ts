/** The plan's fields as texts, and back. */
import type { ColumnInfo, DataPlan } from "./types.ts";

type Valid = DataPlan["valid"];

/** Between 1 and 90 whole percent as a fraction; null for anything else. */
export function parsePercent(text: string): number | null {
  const trimmed = text.trim().replace(/\s*%$/, "");
  if (!/^\d{1,2}$/.test(trimmed)) return null;
  const percent = Number(trimmed);
  return percent >= 1 && percent <= 90 ? percent / 100 : null;
}

export function splitValue(valid: Valid): string {
  if (valid.kind === "random") return "random";
  return valid.by === null ? "last" : `by:${valid.by}`;
}

export function validFrom(value: string, fraction: number): Valid {
  if (value === "random") return { kind: "random", fraction };
  return { kind: "last", fraction, by: value.startsWith("by:") ? value.slice(3) : null };
}

/** In words that go on from "20 % of the rows,". */
export function validOptions(
  columns: readonly Pick<ColumnInfo, "name" | "kind">[],
): { value: string; words: string }[] {
  const dates = columns.filter(({ kind }) => kind === "date");
  return [
    { value: "random", words: "drawn at random" },
    { value: "last", words: "the last in the file" },
    ...dates.map(({ name }) => ({ value: `by:${name}`, words: `the newest by ${name}` })),
  ];
}
