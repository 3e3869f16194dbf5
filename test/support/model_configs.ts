import type { TabularModelConfig } from "../../src/model/config.ts";

/** The small model of the state_dict listings: embeddings (5, 4) and (3, 3), two continuous columns, [200, 100]. */
export function listedConfig(overrides: Partial<TabularModelConfig> = {}): TabularModelConfig {
  return {
    layout: "C",
    embeddingSizes: [
      [5, 4],
      [3, 3],
    ],
    continuous: 2,
    outputs: 1,
    layers: [200, 100],
    ps: [0.1, 0.2],
    embDrop: 0,
    yRange: null,
    useBn: true,
    bnFinal: false,
    bnCont: true,
    linearBias: "auto",
    bnBiasInit: 0.001,
    ...overrides,
  };
}

/** fastai's lesson 6: the Rossmann stores, 24 embeddings and 16 continuous columns, 233 inputs. */
export function rossmannConfig(overrides: Partial<TabularModelConfig> = {}): TabularModelConfig {
  return {
    layout: "A",
    embeddingSizes: [
      [1116, 81], // Store
      [8, 5], // DayOfWeek
      [4, 3], // Year
      [13, 7], // Month
      [32, 11], // Day
      [3, 3], // StateHoliday
      [26, 10], // CompetitionMonthsOpen
      [27, 10], // Promo2Weeks
      [5, 4], // StoreType
      [4, 3], // Assortment
      [4, 3], // PromoInterval
      [24, 9], // CompetitionOpenSinceYear
      [9, 5], // Promo2SinceYear
      [13, 7], // State
      [53, 15], // Week
      [22, 9], // Events
      [7, 5], // Promo_fw
      [7, 5], // Promo_bw
      [4, 3], // StateHoliday_fw
      [4, 3], // StateHoliday_bw
      [9, 5], // SchoolHoliday_fw
      [9, 5], // SchoolHoliday_bw
      [3, 3], // CompetitionDistance_na
      [3, 3], // CloudCover_na
    ],
    continuous: 16,
    outputs: 1,
    layers: [1000, 500],
    ps: [0.001, 0.01],
    embDrop: 0.04,
    yRange: [0, 10.8],
    useBn: true,
    bnFinal: false,
    bnCont: true,
    linearBias: "auto",
    bnBiasInit: 0,
    ...overrides,
  };
}
