import { DataError, OptionError } from "../errors.ts";
import { blocksOf, type TabularModelConfig } from "../model/config.ts";
import type { NamedTensors } from "../model/parameters.ts";
import { type PackedModel, type PackedTable, packModel } from "./packed_model.ts";
import { pause } from "./pause.ts";

/** The rows to run: what an EncodedTable has, targets aside. */
export interface CpuInput {
  readonly rows: number;
  /** [rows, categorical columns], row-major. */
  readonly codes: Uint32Array;
  /** [rows, continuous columns], row-major, filled and normalised. */
  readonly continuous: Float32Array;
}

/** Rows that run through the layers together: their activations stay in the second cache. */
const BLOCK_ROWS = 64;
/** Multiplications of a block at most, so that one of a wide model does not hold the page up either. */
const BLOCK_MULTIPLICATIONS = 1e8;
/** Milliseconds between two pauses, so that a page stays alive and an abort is heard. */
const PATIENCE = 12;

/**
 * Runs a folded model on the CPU in f32: predict's InferenceEngine where there is no GPU, or where its round trip would
 * cost more. A row gives the same bits alone and among others, with WebAssembly and without, in every browser; only
 * y_range's sigmoid is as exact as the browser's Math.exp.
 */
export class CpuInferenceEngine {
  readonly backend = "cpu";
  readonly description: string;
  #tensors: NamedTensors | null;
  #model: PackedModel | null;

  /** @throws {OptionError} unless `tensors` are those of `config` */
  constructor(config: TabularModelConfig, tensors: NamedTensors, options: CpuInferenceOptions = {}) {
    const perRow = blocksOf(config).reduce((sum, { fanIn, fanOut }) => sum + fanIn * fanOut, 0);
    const rows = Math.floor(BLOCK_MULTIPLICATIONS / perRow);
    this.#model = packModel(config, tensors, Math.max(4, Math.min(BLOCK_ROWS, rows - (rows % 4))), options);
    this.#tensors = copyOf(tensors);
    this.description = this.#model.description;
  }

  /**
   * Inference on every row, block by block, with a pause now and then.
   *
   * @returns outputs [rows, outputs]: after y_range, before softmax or sigmoid
   * @throws {DataError} for a code outside its embedding
   * @throws the signal's reason once it aborts
   */
  async forward(encoded: CpuInput, options: { signal?: AbortSignal } = {}): Promise<Float32Array> {
    options.signal?.throwIfAborted();
    const { config, blockRows } = usable(this.#model);
    const result = new Float32Array(encoded.rows * config.outputs);
    let paused = performance.now();
    for (let start = 0; start < encoded.rows; start += blockRows) {
      if (start > 0 && performance.now() - paused > PATIENCE) {
        await pause();
        options.signal?.throwIfAborted();
        paused = performance.now();
      }
      runBlock(usable(this.#model), encoded, start, Math.min(blockRows, encoded.rows - start), result);
    }
    return result;
  }

  /** The weights, copied. */
  async tensors(): Promise<NamedTensors> {
    return copyOf(usable(this.#tensors));
  }

  /** Lets go of the weights; the engine cannot be used afterwards. */
  dispose(): void {
    this.#tensors = null;
    this.#model = null;
  }
}

/** Options that tests use: every choice is the engine's own. */
export interface CpuInferenceOptions {
  /** Bytes of ready rows at most; MAX_TABLE_BYTES unless given. */
  readonly maxTableBytes?: number;
  /** False for plain JavaScript where WebAssembly would do. */
  readonly wasm?: boolean;
}

/** @throws {OptionError} unless `tensors` are those of `config` */
export function cpuInferenceEngine(
  config: TabularModelConfig,
  tensors: NamedTensors,
  options: CpuInferenceOptions = {},
): CpuInferenceEngine {
  return new CpuInferenceEngine(config, tensors, options);
}

/** Rows `first` … `first + rows − 1` of `input` through all layers into `result`. */
function runBlock(
  model: PackedModel,
  input: CpuInput,
  first: number,
  rows: number,
  result: Float32Array,
): void {
  const { kernels, tables, layers, activations } = model;
  gatherInput(model, input, first, rows);
  if (tables.length > 0) sumReadyRows(model, input, first, rows);
  let [x, xStride] = [model.input, 4 * layers[0].fanIn];
  layers.forEach(({ weight, bias, fanIn, panels, stride, relu }, i) => {
    const y = activations[i % 2];
    const summed = i === 0 && tables.length > 0; // y holds the ready rows' sums, the bias among them
    const [start, startStride] = summed ? [y, stride] : [bias, 0];
    kernels.linear(x, xStride, weight, start, startStride, y, stride, fanIn, rows, panels, relu);
    [x, xStride] = [y, stride];
  });
  writeOutputs(model, x / 4, xStride / 4, rows, result.subarray(first * model.config.outputs));
}

/** Embeddings that are no tables side by side, then the continuous columns. */
function gatherInput(model: PackedModel, input: CpuInput, first: number, rows: number): void {
  const { config, embeddings, floats, layers } = model;
  const { continuous } = config;
  const columns = config.embeddingSizes.length;
  for (let row = 0; row < rows; row++) {
    let at = model.input / 4 + row * layers[0].fanIn;
    for (const { column, cardinality, width, weight } of embeddings) {
      const code = input.codes[(first + row) * columns + column];
      if (!(code < cardinality)) throw unknownCode(first + row, code, column, cardinality);
      for (let k = 0; k < width; k++) floats[at++] = weight[code * width + k];
    }
    const from = (first + row) * continuous;
    for (let k = 0; k < continuous; k++) floats[at++] = input.continuous[from + k];
  }
}

/** The bias plus a ready row per table, into the first layer's outputs. */
function sumReadyRows(model: PackedModel, input: CpuInput, first: number, rows: number): void {
  const { config, kernels, tables, words, pointers, activations } = model;
  const { bias, stride } = model.layers[0];
  const columns = config.embeddingSizes.length;
  for (let row = 0; row < rows; row++) {
    for (let t = 0; t < tables.length; t++) {
      const table = tables[t];
      const code = input.codes[(first + row) * columns + table.column];
      if (!(code < table.cardinality)) throw unknownCode(first + row, code, table.column, table.cardinality);
      if (table.ready[code] === 0) makeReady(model, table, code);
      words[pointers / 4 + t] = table.rows + code * stride;
    }
    kernels.sum_rows(pointers, tables.length, bias, activations[0] + row * stride, stride / 4);
  }
}

/** The product of one code's embedding with its slice of the first weight. */
function makeReady(model: PackedModel, table: PackedTable, code: number): void {
  const { panels, stride } = model.layers[0];
  const { embedding, width, weight, rows, ready } = table;
  const x = embedding + 4 * code * width;
  model.kernels.linear(x, 0, weight, model.zeros, 0, rows + code * stride, 0, width, 1, panels, 0);
  ready[code] = 1;
}

/** The last layer's rows, from `at` on, without their padding and through y_range. */
function writeOutputs(model: PackedModel, at: number, stride: number, rows: number, to: Float32Array): void {
  const { outputs, yRange } = model.config;
  const { floats } = model;
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < outputs; o++) {
      const z = floats[at + row * stride + o];
      to[row * outputs + o] = yRange ? yRange[0] + (yRange[1] - yRange[0]) / (1 + Math.exp(-z)) : z;
    }
  }
}

function unknownCode(row: number, code: number, column: number, cardinality: number): DataError {
  return new DataError(
    `Row ${row} has code ${code} in categorical column ${column}, whose embedding has ${cardinality} rows. ` +
      "Encode the table with the model's own preprocessing.",
  );
}

function usable<T>(value: T | null): T {
  if (value === null) throw new OptionError("The engine was disposed; make another.");
  return value;
}

function copyOf(tensors: NamedTensors): NamedTensors {
  return new Map([...tensors].map(([name, values]) => [name, values.slice()]));
}
