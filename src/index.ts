/** TabGPU: fastai's tabular model, trained and run on WebGPU. Everything public is re-exported here. */

export { isMissing } from "./data/column.ts";
export { contCatSplit } from "./data/cont_cat_split.ts";
export { addCyclicDatepart } from "./data/cyclic_datepart.ts";
export { addDatepart } from "./data/datepart.ts";
export { decodeRows } from "./data/decode.ts";
export { addElapsedTimes } from "./data/elapsed_times.ts";
export { MISSING_MARKS } from "./data/infer_type.ts";
export {
  type EncodedTable,
  encodeTable,
  type InputColumn,
  inputColumns,
  type PreprocessingState,
  type Vocab,
  type VocabValue,
} from "./data/preprocessing.ts";
export type { ValidSplit } from "./data/split.ts";
export { type Column, type NumberColumn, Table, type TextColumn } from "./data/table.ts";
export { type DateExpansion, TabularData, type TabularDataOptions } from "./data/tabular_data.ts";
export { DataError, DeviceError, InternalError, ModelFileError, OptionError, TabgpuError } from "./errors.ts";
export { type AdapterDescription, adapterLine, type GpuOptions, isSoftware } from "./gpu/device.ts";
export { type CsvProgress, type ReadCsvOptions, readCsv, toCsv } from "./io/csv.ts";
export type { TrainingSummary } from "./io/training_summary.ts";
export type { Backend } from "./predict/choose_backend.ts";
export { type LoadModelOptions, loadModel } from "./predict/load_model.ts";
export {
  type InferenceEngine,
  type Prediction,
  type PredictionColumns,
  TabularModel,
} from "./predict/tabular_model.ts";
export { type StoreSalesSample, storeSalesSample } from "./sample/store_sales.ts";
export type { ActivationOptions, LayerActivations } from "./train/activation_probe.ts";
export * from "./train/activation_stats.ts";
export type { ActivationSummary, SummaryOptions } from "./train/activation_summary.ts";
export * from "./train/callbacks.ts";
export {
  type DispatchProfile,
  type FitOptions,
  Learner,
  type LearnerOptions,
  type LrFindResult,
  type Profile,
  tabularLearner,
  type ValidationResult,
} from "./train/learner.ts";
export * from "./train/metrics.ts";
export type { ModelOptions } from "./train/model_options.ts";
export type { Progress } from "./train/progress.ts";
export { type Recipe, type RecipeName, recipes } from "./train/recipe.ts";
export { targetScaleWarning } from "./train/target_scale.ts";
export { type WarmUpOptions, warmUp } from "./train/warm_up.ts";
export { VERSION } from "./version.ts";
