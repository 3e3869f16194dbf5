/** Milliseconds of a day. */
export const DAY = 86_400_000;

const ISO_DATE =
  /^(\d{4})([-/])(\d{2})\2(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Reads `2015-07-31`, `2015/07/31`, `2015-07-31 13:45`, `2015-07-31T13:45:10.25Z`, `…+02:00`. Without a zone the
 * clock is taken as UTC, so no time zone ever shifts a day.
 *
 * @returns milliseconds since 1970-01-01 UTC, or NaN for anything else, days no calendar has included
 */
export function parseDate(text: string): number {
  const match = ISO_DATE.exec(text);
  if (!match) return Number.NaN;
  const [, year, , month, day, hour = "0", minute = "0", second = "0", fraction = "0", zone = "Z"] = match;
  if (+hour > 23 || +minute > 59 || +second > 59) return Number.NaN;
  const midnight = Date.UTC(+year, +month - 1, +day);
  const date = new Date(midnight);
  if (+year < 100) date.setUTCFullYear(+year); // Date.UTC reads years 0…99 as 1900…1999
  if (date.getUTCMonth() !== +month - 1 || date.getUTCDate() !== +day) return Number.NaN;
  const clock = ((+hour * 60 + +minute) * 60 + +second) * 1000 + +fraction.padEnd(3, "0").slice(0, 3);
  return date.getTime() + clock - offsetOf(zone);
}

function offsetOf(zone: string): number {
  if (zone === "Z") return 0;
  const sign = zone[0] === "-" ? -1 : 1;
  return sign * (+zone.slice(1, 3) * 60 + +zone.slice(-2)) * 60_000;
}

/** `2015-07-31` at midnight UTC, else `2015-07-31T13:45:10.250Z`. The inverse of {@link parseDate}. */
export function formatDate(ms: number): string {
  const iso = new Date(ms).toISOString();
  return ms % DAY === 0 ? iso.slice(0, iso.indexOf("T")) : iso;
}
