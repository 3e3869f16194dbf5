import type { Column, DateColumn } from "./column.ts";
import { dateColumn, dayOfYear, startOfYear } from "./datepart.ts";
import { DAY } from "./dates.ts";
import type { Table } from "./table.ts";

export interface CyclicDatepartOptions {
  /** Put before each new column's name; default: the column's name without a trailing "Date" or "date". */
  prefix?: string;
  /** Drop the source column; default true. */
  drop?: boolean;
  /** Add the clock: hour of 24, hour of 12 ("clock"), minute ("min") and second ("sec"); default false. */
  time?: boolean;
  /** Add `year_lin`, the year plus the fraction of it that has passed; default false. */
  addLinear?: boolean;
}

/**
 * fastai v1's add_cyclic_datepart: each calendar cycle as a point on the unit circle, so that December lies beside
 * January. For a share s of a cycle, `<name>_cos` = cos 2πs and `<name>_sin` = sin 2πs; missing dates stay missing.
 *
 * @throws {DataError} if the column holds no dates, or a new column's name is taken
 */
export function addCyclicDatepart(table: Table, column: string, options: CyclicDatepartOptions = {}): Table {
  const { prefix = column.replace(/[Dd]ate$/, ""), drop = true, time = false, addLinear = false } = options;
  const dates = dateColumn(table, column);
  const made: Column[] = Object.entries({ ...CALENDAR_CYCLES, ...(time ? CLOCK_CYCLES : {}) }).flatMap(
    ([name, share]) => [
      numbersOf(dates, `${prefix}${name}_cos`, (date) => Math.cos(2 * Math.PI * share(date))),
      numbersOf(dates, `${prefix}${name}_sin`, (date) => Math.sin(2 * Math.PI * share(date))),
    ],
  );
  if (addLinear) {
    made.push(numbersOf(dates, `${prefix}year_lin`, (date) => date.getUTCFullYear() + shareOfYear(date)));
  }
  return table.withColumns(made, drop ? column : undefined);
}

type Share = (date: Date) => number;

const CALENDAR_CYCLES: Record<string, Share> = {
  weekday: (date) => ((date.getUTCDay() + 6) % 7) / 7,
  day_month: (date) => (date.getUTCDate() - 1) / daysInMonth(date),
  month_year: (date) => date.getUTCMonth() / 12,
  day_year: (date) => (dayOfYear(date.getTime()) - 1) / daysInYear(date),
};

const CLOCK_CYCLES: Record<string, Share> = {
  hour: (date) => date.getUTCHours() / 24,
  clock: (date) => (date.getUTCHours() % 12) / 12,
  min: (date) => date.getUTCMinutes() / 60,
  sec: (date) => date.getUTCSeconds() / 60,
};

function numbersOf(dates: DateColumn, name: string, value: Share): Column {
  const values = dates.values.map((ms) => (Number.isNaN(ms) ? ms : value(new Date(ms))));
  return { kind: "number", name, values, integer: false };
}

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function daysInYear(date: Date): number {
  return (startOfYear(date.getUTCFullYear() + 1) - startOfYear(date.getUTCFullYear())) / DAY;
}

function shareOfYear(date: Date): number {
  return (date.getTime() - startOfYear(date.getUTCFullYear())) / DAY / daysInYear(date);
}
