/** The model all contenders run: fastai's for the Rossmann store sales, 831,054 parameters. Imported by pages and Node. */

/** Name, levels ("#na#" included) and embedding width of each categorical column. */
export const CATEGORICAL: readonly (readonly [name: string, levels: number, width: number])[] = [
  ["Store", 1116, 81],
  ["DayOfWeek", 8, 5],
  ["Year", 4, 3],
  ["Month", 13, 7],
  ["Day", 32, 11],
  ["StateHoliday", 3, 3],
  ["CompetitionMonthsOpen", 26, 10],
  ["Promo2Weeks", 27, 10],
  ["StoreType", 5, 4],
  ["Assortment", 4, 3],
  ["PromoInterval", 4, 3],
  ["CompetitionOpenSinceYear", 24, 9],
  ["Promo2SinceYear", 9, 5],
  ["State", 13, 7],
  ["Week", 53, 15],
  ["Events", 22, 9],
  ["Promo_fw", 7, 5],
  ["Promo_bw", 7, 5],
  ["StateHoliday_fw", 4, 3],
  ["StateHoliday_bw", 4, 3],
  ["SchoolHoliday_fw", 9, 5],
  ["SchoolHoliday_bw", 9, 5],
  ["CompetitionDistance_na", 3, 3],
  ["CloudCover_na", 3, 3],
];

export const CONTINUOUS: readonly string[] = [
  "CompetitionDistance",
  "Max_TemperatureC",
  "Mean_TemperatureC",
  "Min_TemperatureC",
  "Max_Humidity",
  "Mean_Humidity",
  "Min_Humidity",
  "Max_Wind_SpeedKm_h",
  "Mean_Wind_SpeedKm_h",
  "CloudCover",
  "trend",
  "trend_DE",
  "AfterStateHoliday",
  "BeforeStateHoliday",
  "Promo",
  "SchoolHoliday",
];

export const EMBEDDING_WIDTH = CATEGORICAL.reduce((sum, [, , width]) => sum + width, 0);
export const INPUTS = EMBEDDING_WIDTH + CONTINUOUS.length;
export const LAYERS = [1000, 500] as const;
export const Y_RANGE: readonly [number, number] = [0, 12.6];

/** The published dropout; `NO_DROPOUT` is for comparing losses. */
export const DROPOUT = { layers: [0.001, 0.01], embeddings: 0.04 };
export const NO_DROPOUT = { layers: [0, 0], embeddings: 0 };

/** Adam as fastai has it by default, without weight decay, which the peers' Adam does not have. */
export const ADAM = { lr: 1e-3, beta1: 0.9, beta2: 0.99, eps: 1e-5 };

/** BatchNorm's constants, in PyTorch's sense: a running statistic moves by `momentum` of the way. */
export const BATCHNORM = { eps: 1e-5, momentum: 0.1 };

/** Multiply-adds of the three Linears for one row, nothing folded. */
export const MACS_PER_ROW = INPUTS * LAYERS[0] + LAYERS[0] * LAYERS[1] + LAYERS[1];

/**
 * The same for the folded model: the embeddings' share of the first Linear has become 24 rows that are added, an addition
 * being half a multiply-add. All columns are counted as folded, whether or not the model folds all.
 */
export const FOLDED_MACS_PER_ROW =
  CONTINUOUS.length * LAYERS[0] + (CATEGORICAL.length * LAYERS[0]) / 2 + LAYERS[0] * LAYERS[1] + LAYERS[1];

/**
 * Floating-point operations of training for one row: three products a Linear (forward, gradient of the weight, gradient of
 * the input), two operations a multiply-add. The first Linear's input needs its gradient too: embeddings and bn_cont
 * learn from it. BatchNorm, dropout and Adam are not counted.
 */
export const TRAINING_FLOPS_PER_ROW = 3 * 2 * MACS_PER_ROW;
