/** tabgpu/predict: what a page needs that only predicts. All of it is in tabgpu too. */
export type { EncodedTable, PreprocessingState, Vocab, VocabValue } from "../data/preprocessing.ts";
export { type InputColumn, inputColumns } from "../data/preprocessing_state.ts";
export { type Column, type NumberColumn, Table, type TextColumn } from "../data/table.ts";
export {
  DataError,
  DeviceError,
  InternalError,
  ModelFileError,
  OptionError,
  TabgpuError,
} from "../errors.ts";
export type { TrainingSummary } from "../io/training_summary.ts";
export type { Backend } from "./choose_backend.ts";
export { type LoadModelOptions, loadModel } from "./load_model.ts";
export type { InferenceEngine, Prediction, PredictionColumns, TabularModel } from "./tabular_model.ts";
