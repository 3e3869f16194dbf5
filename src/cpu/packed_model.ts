import type { TabularModelConfig } from "../model/config.ts";
import {
  columnsWithTables,
  type FoldedEmbedding,
  type FoldedLinear,
  foldModel,
  MAX_TABLE_BYTES,
} from "../model/fold.ts";
import type { NamedTensors } from "../model/parameters.ts";
import { type DenseKernels, denseMachine } from "./dense.ts";

/** Outputs that the kernels compute at a time: widths of rows are whole multiples. */
const ROW = 32;
/** Outputs of one panel of weights. */
const PANEL = 8;
/** Inputs are whole multiples. */
const INPUTS = 4;

/** A Linear in the kernels' memory. All offsets and strides are in bytes. */
export interface PackedLinear {
  readonly weight: number;
  readonly bias: number;
  /** Padded. */
  readonly fanIn: number;
  readonly fanOut: number;
  readonly panels: number;
  /** Of a row of outputs. */
  readonly stride: number;
  readonly relu: number;
}

/** A column whose product with the first weight is kept per code, once it was asked for. */
export interface PackedTable {
  readonly column: number;
  readonly cardinality: number;
  /** Where each code's ready row is, [cardinality, stride of the first layer]. */
  readonly rows: number;
  /** Per code: 1 once its ready row is there. */
  readonly ready: Uint8Array;
  /** [cardinality, padded width] */
  readonly embedding: number;
  /** Padded. */
  readonly width: number;
  /** The column's slice of the first weight, in panels. */
  readonly weight: number;
}

/** A folded model in the memory of the kernels that run it, with room for the activations of `blockRows` rows. */
export interface PackedModel {
  readonly config: TabularModelConfig;
  readonly kernels: DenseKernels;
  /** The kernels' memory. */
  readonly floats: Float32Array;
  readonly words: Uint32Array;
  readonly description: string;
  readonly tables: readonly PackedTable[];
  /** Columns whose embedding is input of the first layer. */
  readonly embeddings: readonly FoldedEmbedding[];
  readonly layers: readonly PackedLinear[];
  readonly blockRows: number;
  /** A row of zeros, as wide as any. */
  readonly zeros: number;
  /** Where the ready rows of one row are, [tables]. */
  readonly pointers: number;
  /** Input of the first layer, [blockRows, layers[0].fanIn]. */
  readonly input: number;
  /** Outputs of the layers by turns, [blockRows, widest]. */
  readonly activations: readonly [number, number];
}

/**
 * Folds a model and lays it out for the kernels. Ready rows are not computed here but when a row first asks for one:
 * a page that predicts a single row pays for that row only.
 *
 * @throws {OptionError} unless `tensors` are those of `config`
 */
export function packModel(
  config: TabularModelConfig,
  tensors: NamedTensors,
  blockRows: number,
  options: { maxTableBytes?: number; wasm?: boolean } = {},
): PackedModel {
  const folded = foldModel(config, tensors);
  const [first, ...rest] = folded.layers;
  const ready = columnsWithTables(config, options.maxTableBytes ?? MAX_TABLE_BYTES);
  const writes: ((floats: Float32Array) => void)[] = [];
  let bytes = 0;
  const reserve = (floats: number): number => {
    const at = bytes;
    bytes += 64 * Math.ceil(floats / 16); // whole cache lines
    return at;
  };
  const width = padded(first.fanOut, ROW);

  /** Some columns of a weight [fanOut, fanIn] as panels. */
  const packWeight = ({ weight, fanIn, fanOut }: FoldedLinear, inputs: readonly number[]): number => {
    const rows = padded(inputs.length, INPUTS);
    const at = reserve(rows * padded(fanOut, ROW));
    writes.push((floats) => {
      for (let o = 0; o < fanOut; o += PANEL) {
        const outputs = Math.min(PANEL, fanOut - o);
        packPanel(floats, at / 4 + o * rows, weight, o * fanIn, fanIn, outputs, inputs);
      }
    });
    return at;
  };
  const packLinear = (linear: FoldedLinear, inputs: readonly number[]): PackedLinear => {
    const { fanOut, relu } = linear;
    const stride = padded(fanOut, ROW);
    const weight = packWeight(linear, inputs);
    const bias = reserve(stride);
    writes.push((floats) => floats.set(linear.bias, bias / 4));
    return {
      weight,
      bias,
      fanIn: padded(inputs.length, INPUTS),
      fanOut,
      panels: Math.ceil(fanOut / PANEL),
      stride: 4 * stride,
      relu: Number(relu),
    };
  };

  const tables: PackedTable[] = [];
  const embeddings: FoldedEmbedding[] = [];
  const inputs: number[] = []; // of the first layer, as columns of its unsplit weight
  let offset = 0;
  for (const kept of folded.embeddings) {
    const { column, cardinality, weight } = kept;
    const slice = range(offset, kept.width);
    offset += kept.width;
    if (!ready.has(column)) {
      embeddings.push({ ...kept, weight: kept.weight.slice() });
      inputs.push(...slice);
      continue;
    }
    const columns = padded(kept.width, INPUTS);
    const embedding = reserve(cardinality * columns);
    writes.push((floats) => {
      for (let code = 0; code < cardinality; code++) {
        const row = weight.subarray(code * kept.width, (code + 1) * kept.width);
        floats.set(row, embedding / 4 + code * columns);
      }
    });
    tables.push({
      column,
      cardinality,
      rows: reserve(cardinality * width),
      ready: new Uint8Array(cardinality),
      embedding,
      width: columns,
      weight: packWeight(first, slice),
    });
  }
  inputs.push(...range(offset, config.continuous));
  const layers = [
    packLinear(first, inputs),
    ...rest.map((layer) => packLinear(layer, range(0, layer.fanIn))),
  ];
  const widest = Math.max(...layers.map(({ stride }) => stride / 4));
  const places = {
    zeros: reserve(widest),
    pointers: reserve(tables.length),
    input: reserve(blockRows * layers[0].fanIn),
    activations: [reserve(blockRows * widest), reserve(blockRows * widest)] as const,
  };
  const { kernels, memory, description } = denseMachine(bytes, options.wasm);
  const floats = new Float32Array(memory);
  for (const write of writes) write(floats);
  const words = new Uint32Array(memory);
  return { config, kernels, floats, words, description, tables, embeddings, layers, blockRows, ...places };
}

/** Some columns of `outputs` rows of a weight, from `from` on and `fanIn` long, as one panel [inputs, 8]. */
function packPanel(
  floats: Float32Array,
  at: number,
  weight: Float32Array,
  from: number,
  fanIn: number,
  outputs: number,
  inputs: readonly number[],
): void {
  for (let k = 0; k < inputs.length; k++) {
    for (let j = 0; j < outputs; j++) floats[at + k * PANEL + j] = weight[from + j * fanIn + inputs[k]];
  }
}

function padded(count: number, to: number): number {
  return to * Math.ceil(count / to);
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}
