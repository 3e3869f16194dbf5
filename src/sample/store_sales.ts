import type { Column, NumberColumn, TextColumn } from "../data/column.ts";
import { Table } from "../data/table.ts";
import type { TabularDataOptions } from "../data/tabular_data.ts";
import { OptionError } from "../errors.ts";
import { Random } from "../random.ts";
import { type Day, EVENTS, makeDays, STATE_HOLIDAYS } from "./days.ts";
import { logSales } from "./log_sales.ts";
import { type NoiseFloor, noiseFloor } from "./noise_floor.ts";
import { ASSORTMENTS, makeStores, REGIONS, STORE_TYPES, type Store } from "./stores.ts";

const STORES = 100;
const SIGMA = 0.1;

export interface StoreSalesSample {
  /** Oldest day first, then by store: 15 columns, the last one `sales`. */
  readonly table: Table;
  /** How to train on it: TabularData.from(table, options). The newest tenth of the rows validates. */
  readonly options: Required<
    Pick<TabularDataOptions, "categorical" | "continuous" | "target" | "logTarget">
  > & { readonly target: string; readonly valid: { readonly last: number } };
  /** The mean of ln sales per row: what `sales` would be without noise. */
  readonly trueLogSales: Float64Array;
  /** What the noise leaves to the best predictor, in theory. */
  readonly noiseFloor: NoiseFloor;
  /** exp_rmspe of the truth itself on these rows: the noise that was actually drawn there. */
  expRmspeOfTruth(rows: ArrayLike<number>): number;
}

/**
 * Synthetic store sales: 100 invented shops on the open days from 2024-01-01. No number in it was ever measured.
 * sales = e^(f(store, day) + σ·ε), rounded to cents, with σ = 0.1 and ε standard normal, so that the best possible
 * score is known and a trained model can be held against it.
 *
 * @param options.rows default 60,000. @param options.seed default 42; the same seed gives the same table.
 * @throws {OptionError} for fewer than 1,000 rows, which would be ten days.
 */
export function storeSalesSample(options: { rows?: number; seed?: number } = {}): StoreSalesSample {
  const { rows = 60_000, seed = 42 } = options;
  if (!Number.isInteger(rows) || rows < 1000) {
    throw new OptionError(`rows is ${rows}; the sample has at least 1000 rows.`);
  }
  if (!Number.isInteger(seed)) throw new OptionError(`seed is ${seed}; it must be an integer.`);
  const stores = makeStores(STORES, seed);
  const days = makeDays(Math.ceil(rows / STORES), seed);
  const storeOf = (row: number) => stores[row % STORES];
  const dayOf = (row: number) => days[Math.floor(row / STORES)];

  const trueLogSales = Float64Array.from({ length: rows }, (_, row) => logSales(storeOf(row), dayOf(row)));
  const noise = new Random(seed, 3);
  const sales = trueLogSales.map((mean) => Math.round(100 * Math.exp(mean + SIGMA * noise.normal())) / 100);
  const inputs = inputColumns(rows, storeOf, dayOf, stores);
  const target: NumberColumn = { kind: "number", name: "sales", values: sales, integer: false };
  const isContinuous = ({ name }: Column) => CONTINUOUS.includes(name);
  return {
    table: Table.fromColumns([...inputs, target]),
    options: {
      categorical: inputs.filter((column) => !isContinuous(column)).map(({ name }) => name),
      continuous: inputs.filter(isContinuous).map(({ name }) => name),
      target: "sales",
      logTarget: true,
      valid: { last: Math.floor(rows / 10) },
    },
    trueLogSales,
    noiseFloor: noiseFloor(SIGMA),
    expRmspeOfTruth: (validRows) => {
      const squares = Array.from(validRows, (row) => (1 - Math.exp(trueLogSales[row]) / sales[row]) ** 2);
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    },
  };
}

const CONTINUOUS: readonly string[] = ["day_of_month", "competition_distance", "temperature", "advertising"];

function inputColumns(
  rows: number,
  storeOf: (row: number) => Store,
  dayOf: (row: number) => Day,
  stores: readonly Store[],
): Column[] {
  const weatherOf = (row: number) => dayOf(row).weather[storeOf(row).region];
  const text = (name: string, dictionary: readonly string[], cell: (row: number) => string | undefined) => {
    const index = new Map(dictionary.map((word, i) => [word, i]));
    const codes = Int32Array.from({ length: rows }, (_, row) => index.get(cell(row) ?? "") ?? -1);
    return { kind: "text", name, dictionary, codes } satisfies TextColumn;
  };
  const number = (name: string, cell: (row: number) => number, integer = true) => {
    const values = Float64Array.from({ length: rows }, (_, row) => cell(row));
    return { kind: "number", name, values, integer } satisfies NumberColumn;
  };
  return [
    text(
      "store",
      stores.map(({ id }) => id),
      (row) => storeOf(row).id,
    ),
    number("day_of_week", (row) => dayOf(row).dayOfWeek),
    number("month", (row) => dayOf(row).month),
    number("day_of_month", (row) => dayOf(row).dayOfMonth),
    number("promo", (row) => Number(dayOf(row).promo)),
    text("state_holiday", STATE_HOLIDAYS, (row) => dayOf(row).stateHoliday),
    number("school_holiday", (row) => Number(dayOf(row).schoolHoliday)),
    text("store_type", STORE_TYPES, (row) => storeOf(row).type),
    text("assortment", ASSORTMENTS, (row) => storeOf(row).assortment),
    text("region", REGIONS, (row) => REGIONS[storeOf(row).region]),
    number("competition_distance", (row) => storeOf(row).competitionDistance),
    number("temperature", (row) => weatherOf(row).temperature, false),
    text("events", EVENTS, (row) => weatherOf(row).event),
    number("advertising", (row) => weatherOf(row).advertising, false),
  ];
}
