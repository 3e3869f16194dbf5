import type { Day } from "./days.ts";
import type { Store } from "./stores.ts";

/** ln sales by weekday, Monday to Saturday. */
const WEEKDAYS: Readonly<Record<Store["type"], readonly number[]>> = {
  neighbourhood: [0.14, 0.02, -0.02, 0, 0.1, -0.06],
  station: [0.03, 0, 0.01, 0.04, 0.16, -0.08],
  mall: [-0.08, -0.12, -0.1, 0, 0.18, 0.36],
  office: [0.04, 0.1, 0.12, 0.1, -0.04, -0.48],
};

const HOLIDAYS: Readonly<Record<Store["type"], Readonly<Record<Day["stateHoliday"], number>>>> = {
  neighbourhood: { none: 0, public: -0.3, easter: 0.1, christmas: -0.15 },
  station: { none: 0, public: 0.32, easter: 0.38, christmas: 0.2 },
  mall: { none: 0, public: 0.12, easter: 0.22, christmas: 0.35 },
  office: { none: 0, public: -0.7, easter: -0.5, christmas: -0.6 },
};

/** Height and month of the yearly peak. */
const SEASONS: Readonly<Record<Store["assortment"], readonly [number, number]>> = {
  basic: [0.03, 5],
  extra: [0.09, 11],
  extended: [0.12, 7],
};

const BEST_TEMPERATURE = { neighbourhood: 14, station: 10, mall: 6, office: 18 } as const;

/**
 * The truth a model has to find: the mean of ln sales of a shop on a day. Almost every term depends on more than
 * one column, so a model that only adds up columns stays well above the noise floor.
 */
export function logSales(store: Store, day: Day): number {
  const { type, assortment } = store;
  const weather = day.weather[store.region];
  const near = Number.isNaN(store.competitionDistance) ? 0 : Math.exp(-store.competitionDistance / 1200);
  const payday = Math.exp(-(day.dayOfMonth - 1) / 4) + (day.dayOfMonth >= 27 ? 0.6 : 0);
  const [height, peak] = SEASONS[assortment];

  let y = 8.4 + store.trade;
  y += WEEKDAYS[type][day.dayOfWeek - 1];
  y += HOLIDAYS[type][day.stateHoliday];
  y += height * Math.cos((2 * Math.PI * (day.month - peak)) / 12);
  if (day.month === 12) y += assortment === "basic" ? 0.08 : 0.26;
  y -= near * (assortment === "basic" ? 0.32 : 0.16);
  y += 0.09 * payday * (assortment === "extended" ? 1.4 : 1);
  if (day.promo)
    y += store.promoResponse * (day.dayOfWeek === 1 ? 1.35 : 1) * (1 - 0.45 * near) + 0.05 * payday;
  if (day.schoolHoliday) y += { neighbourhood: 0.02, station: -0.06, mall: 0.13, office: -0.17 }[type];
  y -= 0.0007 * (weather.temperature - BEST_TEMPERATURE[type]) ** 2;
  y += 0.045 * Math.log1p(weather.advertising) * (day.promo ? 1.5 : 0.8);
  return y + eventEffect(type, weather.event);
}

function eventEffect(type: Store["type"], event: Day["weather"][number]["event"]): number {
  const sheltered = type === "mall" || type === "station";
  switch (event) {
    case "Rain":
      return sheltered ? 0.07 : -0.07;
    case "Snow":
      return sheltered ? -0.04 : -0.22;
    case "Thunderstorm":
      return sheltered ? 0.03 : -0.13;
    case "Fog":
      return -0.03;
    default:
      return 0;
  }
}
