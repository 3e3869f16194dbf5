const CALENDAR = ["Year", "Month", "Week", "Day", "Dayofweek", "Dayofyear"];
const BOUNDARIES = ["Is_month_end", "Is_month_start", "Is_quarter_end", "Is_quarter_start"];
const YEAR_BOUNDARIES = ["Is_year_end", "Is_year_start"];
const CLOCK = ["Hour", "Minute", "Second"];

/** Names of the columns that add_datepart makes, in fastai's order. */
export function datePartNames(prefix: string, time: boolean): string[] {
  const parts = [...CALENDAR, ...BOUNDARIES, ...YEAR_BOUNDARIES, ...(time ? CLOCK : []), "Elapsed"];
  return parts.map((part) => prefix + part);
}
