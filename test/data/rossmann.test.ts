import { openAsBlob } from "node:fs";
import { describe, expect, it } from "vitest";
import { TabularData } from "../../src/data/tabular_data.ts";
import { readCsv } from "../../src/io/csv.ts";

/** The joined Rossmann table, joined.csv or joined.csv.gz: too large and not free to be committed. */
const path = process.env.TABGPU_ROSSMANN;

/** Categorical columns of fastai's lesson 6 and rows of their embeddings, the two of FillMissing last. */
const CARDINALITIES: Record<string, number> = {
  Store: 1116,
  DayOfWeek: 8,
  Year: 4,
  Month: 13,
  Day: 32,
  StateHoliday: 3,
  CompetitionMonthsOpen: 26,
  Promo2Weeks: 27,
  StoreType: 5,
  Assortment: 4,
  PromoInterval: 4,
  CompetitionOpenSinceYear: 24,
  Promo2SinceYear: 9,
  State: 13,
  Week: 53,
  Events: 22,
  Promo_fw: 7,
  Promo_bw: 7,
  StateHoliday_fw: 4,
  StateHoliday_bw: 4,
  SchoolHoliday_fw: 9,
  SchoolHoliday_bw: 9,
  CompetitionDistance_na: 3,
  CloudCover_na: 3,
};

const CONTINUOUS = [
  "CompetitionDistance",
  ...["Max_TemperatureC", "Mean_TemperatureC", "Min_TemperatureC"],
  ...["Max_Humidity", "Mean_Humidity", "Min_Humidity"],
  ...["Max_Wind_SpeedKm_h", "Mean_Wind_SpeedKm_h", "CloudCover"],
  ...["trend", "trend_DE", "AfterStateHoliday", "BeforeStateHoliday", "Promo", "SchoolHoliday"],
];

describe.skipIf(!path)("the joined Rossmann table (skipped unless TABGPU_ROSSMANN names the file)", () => {
  it("gives lesson 6's columns, vocabularies and split", { timeout: 120_000 }, async () => {
    const table = await readCsv(await openAsBlob(path!));
    expect([table.rows, table.columns.length]).toEqual([844_338, 40]);
    const data = TabularData.from(table, {
      categorical: Object.keys(CARDINALITIES).filter((name) => !name.endsWith("_na")),
      continuous: CONTINUOUS,
      target: "Sales",
      logTarget: true,
      valid: { first: 41_395 },
      recipe: "v1",
    });
    const { categorical, continuous, fillMissing, target } = data.preprocessing;
    const found = categorical.map(({ name }, i) => [name, data.cardinalities[i]]);
    expect(found).toEqual(Object.entries(CARDINALITIES));
    expect(continuous.map(({ name }) => name)).toEqual(CONTINUOUS);
    expect(fillMissing).toEqual({ CompetitionDistance: 2320, CloudCover: 6 });
    expect(target).toEqual({ task: "regression", names: ["Sales"], log: true });
    expect([data.trainRows.length, data.validRows.length]).toEqual([802_943, 41_395]);
    expect(data.warnings).toEqual([]);
    const kinds = Object.fromEntries(categorical.map(({ name, type }) => [name, type]));
    expect(kinds).toMatchObject({ Store: "number", StateHoliday: "boolean", Events: "text" });

    // Normalised columns have mean 0 and deviation 1 over the training rows.
    const { continuous: z } = data.encoded;
    for (let column = 0; column < CONTINUOUS.length; column++) {
      let [sum, squares] = [0, 0];
      for (const row of data.trainRows) {
        sum += z[row * CONTINUOUS.length + column];
        squares += z[row * CONTINUOUS.length + column] ** 2;
      }
      expect(Math.abs(sum / data.trainRows.length)).toBeLessThan(1e-6);
      expect(Math.abs(squares / data.trainRows.length - 1)).toBeLessThan(1e-5);
    }
    expect(Math.max(...data.encoded.targets!.slice(0, 1000))).toBeLessThan(11);
  });
});
