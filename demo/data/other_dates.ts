/** Columns of dates that the library reads as text: only years first can be told from days and months. */
import type { ColumnInfo } from "./types.ts";

/** 31.12.2015, 31.12.15, 12/31/15, 31-Dec-2015, with or without a time. */
const OTHER_DATE = /^\d{1,2}([./-])\s?(\d{1,2}|[A-Za-z]{3,9})\1\s?(\d{2}|\d{4})(,? \d{1,2}:\d{2}(:\d{2})?)?$/;

/** Share of the most frequent texts that must be dates: others may be marks for a missing one. */
const MOSTLY = 0.8;

/** What to tell of a column of such dates, with one of its own and what is understood; null for another column. */
export function otherDatesReason({ kind, top }: Pick<ColumnInfo, "kind" | "top">): string | null {
  if (kind !== "text") return null;
  const dates = top.filter(({ label }) => OTHER_DATE.test(label.trim()));
  if (dates.length === 0 || dates.length < MOSTLY * top.length) return null;
  return (
    `Dates such as “${dates[0].label.trim()}” are read as text. Write them year first, as in 2015-12-31, ` +
    "2015/12/31 or 2015-12-31 13:45; then their year, month and day can be learned from."
  );
}
