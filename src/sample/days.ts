import { Random } from "../random.ts";
import { REGIONS } from "./stores.ts";

export const STATE_HOLIDAYS = ["none", "public", "easter", "christmas"] as const;
export const EVENTS = ["Fog", "Rain", "Snow", "Thunderstorm"] as const;

/** What happens in one region on one day. */
export interface Weather {
  /** Celsius, one decimal. */
  readonly temperature: number;
  /** undefined: nothing to report. */
  readonly event: (typeof EVENTS)[number] | undefined;
  /** Thousand euro spent on advertising that week, one decimal. */
  readonly advertising: number;
}

/** A day on which the shops are open. */
export interface Day {
  /** 1 is Monday; the shops are closed on Sundays. */
  readonly dayOfWeek: number;
  readonly month: number;
  readonly dayOfMonth: number;
  readonly promo: boolean;
  readonly stateHoliday: (typeof STATE_HOLIDAYS)[number];
  readonly schoolHoliday: boolean;
  /** By region. */
  readonly weather: readonly Weather[];
}

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2024, 0, 1); // a Monday

/** Month-day of the holidays on which these shops open. Invented like all the rest, Easter at a fixed date. */
const HOLIDAYS: Readonly<Record<string, (typeof STATE_HOLIDAYS)[number]>> = {
  "1-6": "public",
  "4-15": "easter",
  "4-16": "easter",
  "5-1": "public",
  "6-10": "public",
  "10-3": "public",
  "11-1": "public",
  "12-24": "christmas",
  "12-26": "christmas",
};

/** First and last day of the school holidays, as month + day / 100. */
const SCHOOL_HOLIDAYS = [
  [1.01, 1.06],
  [4.08, 4.2],
  [7.1, 8.24],
  [10.05, 10.18],
  [12.22, 12.31],
];

/** The first `count` open days from 2024-01-01, the same for the same seed. */
export function makeDays(count: number, seed: number): Day[] {
  const random = new Random(seed, 2);
  const days: Day[] = [];
  const mild = new Float64Array(REGIONS.length); // how much warmer than usual; changes slowly
  const advertising = new Float64Array(REGIONS.length);
  let promoWeek = false;
  for (let time = FIRST_DAY; days.length < count; time += DAY_MS) {
    const date = new Date(time);
    const dayOfWeek = date.getUTCDay();
    if (dayOfWeek === 0) continue;
    if (dayOfWeek === 1) {
      promoWeek = random.uniform() < (promoWeek ? 0.2 : 0.75);
      for (let r = 0; r < REGIONS.length; r++) advertising[r] = oneDecimal(20 * random.uniform() ** 2);
    }
    const month = date.getUTCMonth() + 1;
    const dayOfMonth = date.getUTCDate();
    const when = month + dayOfMonth / 100;
    days.push({
      dayOfWeek,
      month,
      dayOfMonth,
      promo: promoWeek && dayOfWeek < 6,
      stateHoliday: HOLIDAYS[`${month}-${dayOfMonth}`] ?? "none",
      schoolHoliday: SCHOOL_HOLIDAYS.some(([first, last]) => when >= first && when <= last),
      weather: REGIONS.map((_, r) => {
        mild[r] = 0.8 * mild[r] + 2.2 * random.normal();
        const temperature = oneDecimal(usualTemperature(time, r) + mild[r]);
        return { temperature, event: drawEvent(temperature, month, random), advertising: advertising[r] };
      }),
    });
  }
  return days;
}

function usualTemperature(time: number, region: number): number {
  const yearsPassed = (time - FIRST_DAY) / (365.25 * DAY_MS);
  return 10 - 9 * Math.cos(2 * Math.PI * (yearsPassed - 0.055)) + [-1.5, -1, 1.5, 0.5][region];
}

function drawEvent(temperature: number, month: number, random: Random): Weather["event"] {
  const draw = random.uniform();
  if (temperature < 1) return draw < 0.35 ? "Snow" : undefined;
  if (temperature > 21 && draw < 0.15) return "Thunderstorm";
  if (month >= 9 && month <= 11 && draw > 0.85) return "Fog";
  return draw < 0.28 ? "Rain" : undefined;
}

function oneDecimal(x: number): number {
  return Math.round(10 * x) / 10 + 0; // never −0, which CSV does not keep
}
