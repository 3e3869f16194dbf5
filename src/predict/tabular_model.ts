import { type EncodedTable, encodeExpandedInputs, requireColumns } from "../data/encode_inputs.ts";
import type { PreprocessingState } from "../data/preprocessing_state.ts";
import { Table } from "../data/table.ts";
import { unseenNotes } from "../data/unseen.ts";
import { DataError, OptionError } from "../errors.ts";
import type { ModelToSave } from "../io/model_content.ts";
import type { TrainingSummary } from "../io/training_summary.ts";
import type { TabularModelConfig } from "../model/config.ts";
import { type NamedTensors, trainableCount } from "../model/parameters.ts";
import { modelRepr } from "../model/repr.ts";
import { decodeColumns, decodePredictions } from "./decode.ts";
import type { Prediction, PredictionColumns } from "./prediction.ts";

export type {
  ClassificationPrediction,
  MultilabelPrediction,
  MultiRegressionPrediction,
  Prediction,
  PredictionColumns,
  RegressionPrediction,
} from "./prediction.ts";

/** What runs a model forward: the same weights on WebGPU or on the CPU. */
export interface InferenceEngine {
  readonly backend: "webgpu" | "cpu";
  /** The adapter's name, or "f32 on the CPU (WebAssembly SIMD)". */
  readonly description: string;
  /** Which calls run where, of an engine that chooses. */
  readonly plan?: string;
  /**
   * Inference on every row: no dropout, BatchNorm by its running statistics.
   *
   * @returns outputs [rows, outputs], row-major: after y_range, before softmax or sigmoid.
   */
  forward(encoded: EncodedTable, options?: { signal?: AbortSignal }): Promise<Float32Array>;
  /** The weights as they are now, copied. */
  tensors(): Promise<NamedTensors>;
  /** Frees what the engine holds; it cannot be used afterwards. */
  dispose(): void;
}

/**
 * Makes the bytes of a model's file. Who makes a model hands it in, and knows what of it the page has loaded already.
 * @throws {ModelFileError} if a weight is not finite
 */
export type ModelWriter = (model: ModelToSave) => Promise<Uint8Array<ArrayBuffer>>;

/** Options of a prediction. */
export interface PredictOptions {
  /** Stops between batches; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal;
  /** Fill a gap in a continuous column that had none in training with the column's mean instead of throwing. */
  lenient?: boolean;
  /**
   * Called before the prediction if rows hold categories that training never saw, which the model takes for missing
   * ones; with a line per column, as in `town: 50 of 50 values were never seen in training ("Atlantis", "Ys", …)`.
   */
  onUnseen?: (notes: string[]) => void;
}

/**
 * A model with the preprocessing it was trained with: takes rows as the user has them, gives predictions in the
 * target's own unit. `loadModel` makes one from a file; a learner's `model` is one that sees every training step.
 */
export class TabularModel {
  readonly config: TabularModelConfig;
  readonly preprocessing: PreprocessingState;
  /** How the model was trained, where its file or its learner says so; `save` writes it into the file. */
  training: TrainingSummary | null;
  readonly #engine: InferenceEngine;
  readonly #write: ModelWriter;
  #disposed = false;

  constructor(
    config: TabularModelConfig,
    preprocessing: PreprocessingState,
    engine: InferenceEngine,
    write: ModelWriter,
    training: TrainingSummary | null = null,
  ) {
    this.config = config;
    this.preprocessing = preprocessing;
    this.training = training;
    this.#engine = engine;
    this.#write = write;
  }

  /** Where predictions are computed; where that may change from call to call, where the latest one was. */
  get backend(): "webgpu" | "cpu" {
    return this.#engine.backend;
  }

  /** Of `backend`: the GPU adapter's name, or "f32 on the CPU (WebAssembly SIMD)". */
  get description(): string {
    return this.#engine.description;
  }

  /**
   * For people: which calls run where and what they were measured to cost, as in `below 210 rows f32 on the CPU
   * (WebAssembly SIMD) (0.03 ms a row), from there nvidia · ampere (6 ms + 0.001 ms a row)`. The same as `description`
   * unless the model was loaded with backend "auto".
   */
  get plan(): string {
    return this.#engine.plan ?? this.#engine.description;
  }

  /** Number of trainable values, as PyTorch counts a model's parameters. */
  get parameterCount(): number {
    return trainableCount(this.config);
  }

  /** The model as PyTorch prints it. */
  toString(): string {
    return modelRepr(this.config);
  }

  /**
   * A prediction per row, in the rows' order. A row gives the same prediction alone and among others: the same bits, or
   * where "auto" has opened a GPU, and few rows run on the CPU but many on the GPU, the same within rounding (some 1e-6
   * relative).
   *
   * @param rows objects with a value for every input column (null where it is unknown; other columns are ignored),
   *   or a table. Categories that training never saw are treated like missing ones.
   * @returns an empty list for no rows.
   * @throws {DataError} naming row and column: a column that is not there, a value of another type than in training,
   *   a gap in a continuous column that had none in training.
   */
  async predict(
    rows: readonly Record<string, unknown>[] | Table,
    options: PredictOptions = {},
  ): Promise<Prediction[]> {
    const table = rows instanceof Table ? rows : Table.fromRecords(checkRecords(rows), this.preprocessing);
    return decodePredictions(await this.#outputs(table, options), this.preprocessing.target);
  }

  /**
   * Predictions as columns, one row per row of `table`: for tables of many rows, and for writing them to a file.
   *
   * @throws {DataError} as {@link predict}.
   */
  async predictTable(table: Table, options: PredictOptions = {}): Promise<PredictionColumns> {
    return decodeColumns(await this.#outputs(table, options), this.preprocessing.target);
  }

  /**
   * The weights as they are now, copied, under PyTorch's names and row-major: "embeds.0.weight" [categories, width] is
   * the embedding of `preprocessing.categorical[0]`, its row 0 that of missing and unseen categories.
   */
  async tensors(): Promise<NamedTensors> {
    this.#checkUsable();
    return this.#engine.tensors();
  }

  /**
   * The model as one `.safetensors` file that `loadModel` and PyTorch read.
   *
   * @throws {ModelFileError} if a weight is not finite: the training diverged.
   */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    this.#checkUsable();
    const { config, preprocessing, training } = this;
    return this.#write({ config, preprocessing, training, tensors: await this.#engine.tensors() });
  }

  /** Frees the model's GPU memory; the model cannot be used afterwards. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#engine.dispose();
  }

  /** The model's outputs [rows, outputs] for a table. */
  async #outputs(table: Table, { signal, lenient, onUnseen }: PredictOptions): Promise<Float32Array> {
    this.#checkUsable();
    signal?.throwIfAborted();
    if (table.rows === 0) return new Float32Array(0);
    requireColumns(table, this.preprocessing, []);
    const encoded = encodeExpandedInputs(await this.#expanded(table), this.preprocessing, lenient);
    if (encoded.unseen?.length) onUnseen?.(unseenNotes(encoded.unseen));
    return this.#engine.forward(encoded, { signal });
  }

  /** The table with the parts of its dates: code that few models need. */
  async #expanded(table: Table): Promise<Table> {
    if (this.preprocessing.dateParts.length === 0) return table;
    const { expandDates } = await import("../data/datepart.ts");
    return expandDates(table, this.preprocessing);
  }

  #checkUsable(): void {
    if (this.#disposed) {
      throw new OptionError("The model was disposed; load it again with loadModel(bytes).");
    }
  }
}

/** @throws {DataError} unless `rows` is a list of objects. */
function checkRecords(rows: unknown): Record<string, unknown>[] {
  if (!Array.isArray(rows)) {
    throw new DataError(
      `predict takes a list of rows or a Table but got ${rows === null ? "null" : typeof rows}. ` +
        "For a single row write predict([row]).",
    );
  }
  const wrong = rows.findIndex((row) => typeof row !== "object" || row === null || Array.isArray(row));
  if (wrong >= 0) {
    throw new DataError(`Row ${wrong} is no object. Give each row as an object of columns, { Store: 1, … }.`);
  }
  return rows;
}
