import { type BufferSpec, matrix, resident, rowStride } from "../gpu/buffer_spec.ts";
import { type FoldedTensors, linearForward } from "../kernels/linear_forward.ts";
import { readyRowsForward } from "../kernels/ready_rows.ts";
import { Recorder } from "../scheduler/recorder.ts";
import type { Recording } from "../scheduler/recording.ts";
import type { StepValues } from "../scheduler/step_slots.ts";
import { blocksOf, type TabularModelConfig } from "./config.ts";
import { evalStep } from "./eval_step.ts";
import { columnsWithTables, foldModel, MAX_TABLE_BYTES } from "./fold.ts";
import { type JoinedColumn, joinColumns, packJoined, splitCode } from "./joined_columns.ts";
import { type CodeLayout, codeLayout } from "./packed_codes.ts";
import type { NamedTensors } from "./parameters.ts";

/** Floats at whose multiples tensors begin. */
const ALIGNMENT = 64;

/** Rows of a prediction as they lie on the GPU. */
export interface PredictionTable {
  /** Packed codes of the joined columns [rows, words]. */
  readonly codes: BufferSpec;
  readonly words: number;
  /** [rows, n_continuous] */
  readonly continuous: BufferSpec;
}

/** Where a categorical column's embedding lies among the parameters. */
interface PlacedEmbedding {
  readonly offset: number;
  readonly width: number;
  /** Where the rows of the first weight that it is multiplied with begin. */
  readonly weight: number;
}

/**
 * The folded model as kernels: it says what its buffers must hold and records its forward pass. Columns whose products
 * with the first weight are computed ahead are joined where they have few codes, and the GPU makes these ready rows
 * itself, by the kernel that will read them. It owns no GPU memory.
 */
export class FoldedNetwork {
  readonly config: TabularModelConfig;
  /** Weights, biases and embeddings, tensors by offset. */
  readonly params: BufferSpec;
  /** What every code of a joined column adds to the first layer's sums [codes of all, layers[0].fanOut]. */
  readonly ready: BufferSpec;
  readonly #groups: readonly JoinedColumn[];
  readonly #kept: readonly JoinedColumn[];
  readonly #layout: CodeLayout;
  readonly #embeddings: readonly PlacedEmbedding[];
  readonly #linears: readonly FoldedTensors[];
  readonly #noBias: number;
  /** What each joined column and each kept embedding looks up. */
  readonly #tables: BufferSpec;
  /** The codes that make up each ready row [codes of all, columns of a group at most]. */
  readonly #makeCodes: BufferSpec;
  /** Per group, what its columns look up while its ready rows are made. */
  readonly #makeTables: readonly BufferSpec[];

  constructor(config: TabularModelConfig) {
    this.config = config;
    const cardinalities = config.embeddingSizes.map(([n]) => n);
    const ready = columnsWithTables(config, MAX_TABLE_BYTES);
    const kept = cardinalities.map((_, column) => column).filter((column) => !ready.has(column));
    this.#groups = joinColumns(cardinalities, [...ready]);
    this.#kept = kept.map((column) => {
      return { columns: [column], sizes: [cardinalities[column]], cardinality: cardinalities[column] };
    });
    this.#layout = codeLayout(this.#packed.map(({ cardinality }) => cardinality));

    let size = 0;
    const place = (floats: number): number => {
      const offset = size;
      size += Math.ceil(floats / ALIGNMENT) * ALIGNMENT;
      return offset;
    };
    const [first, ...others] = blocksOf(config);
    const stride = rowStride(first.fanOut);
    const widths = config.embeddingSizes.map(([, width]) => width);
    const firstWeight = place((widths.reduce((a, b) => a + b, 0) + config.continuous) * stride);
    const embeddings: PlacedEmbedding[] = [];
    let weight = firstWeight;
    for (const column of this.#packed.flatMap(({ columns }) => columns)) {
      const width = widths[column];
      embeddings[column] = { offset: place(cardinalities[column] * width), width, weight };
      weight += width * stride;
    }
    this.#embeddings = embeddings;
    const keptWidth = kept.reduce((sum, column) => sum + widths[column], 0);
    this.#noBias = place(stride);
    const yRangeOf = (index: number) => (index === config.layers.length ? config.yRange : null);
    this.#linears = [
      {
        fanIn: keptWidth + config.continuous,
        fanOut: first.fanOut,
        weight: weight - keptWidth * stride, // what is not computed ahead comes last
        bias: place(stride),
        relu: first.relu,
        yRange: yRangeOf(0),
      },
      ...others.map(({ index, fanIn, fanOut, relu }) => {
        const offset = place(fanOut * rowStride(fanIn));
        return {
          fanIn,
          fanOut,
          weight: offset,
          bias: place(rowStride(fanOut)),
          relu,
          yRange: yRangeOf(index),
        };
      }),
    ];
    this.params = resident("folded_params", [size]);
    const readyRows = this.#groups.reduce((sum, { cardinality }) => sum + cardinality, 0);
    this.ready = matrix("ready_rows", readyRows, first.fanOut, "resident");
    this.#tables = resident("tables", [this.#packed.length, 4]);
    const most = Math.max(1, ...this.#groups.map(({ columns }) => columns.length));
    this.#makeCodes = resident("ready_row_codes", [readyRows, most]);
    this.#makeTables = this.#groups.map(({ columns }, g) => resident(`group_${g}`, [columns.length, 4]));
  }

  /** The columns of a packed row: those with ready rows, then the embeddings that are kept. */
  get #packed(): readonly JoinedColumn[] {
    return [...this.#groups, ...this.#kept];
  }

  /** Room for `rows` rows. */
  table(rows: number): PredictionTable {
    const { words } = this.#layout;
    const continuous = resident("continuous", [rows, this.config.continuous]);
    return { codes: resident("codes", [rows, words]), words, continuous };
  }

  /** Rows `start` … of codes [all rows, categorical columns] as they lie in a `PredictionTable`. */
  packCodes(codes: Uint32Array, start: number, rows: number): Uint32Array {
    return packJoined(codes, this.config.embeddingSizes.length, this.#packed, this.#layout, start, rows);
  }

  /** Contents of the constant buffers, to be uploaded once. */
  constants(): Map<BufferSpec, Uint32Array> {
    const [codesOf, most] = this.#makeCodes.shape;
    const makeCodes = new Uint32Array(codesOf * most);
    const tables: number[] = [];
    let first = 0;
    this.#groups.forEach((group, g) => {
      const { word, shift, bits } = this.#layout.places[g];
      tables.push(word, shift + 256 * bits, first, 0);
      for (let code = 0; code < group.cardinality; code++, first++)
        makeCodes.set(splitCode(group, code), first * most);
    });
    this.#kept.forEach(({ columns }, k) => {
      const { word, shift, bits } = this.#layout.places[this.#groups.length + k];
      const { offset, width } = this.#embeddings[columns[0]];
      tables.push(word, shift + 256 * bits, offset, width);
    });
    const constants = new Map([
      [this.#tables, Uint32Array.from(tables)],
      [this.#makeCodes, makeCodes],
    ]);
    this.#groups.forEach(({ columns }, g) => {
      const rows = columns.flatMap((column, word) => {
        const { offset, width } = this.#embeddings[column];
        return [word, 256 * 32, offset, width];
      });
      constants.set(this.#makeTables[g], Uint32Array.from(rows));
    });
    return constants;
  }

  /** Folds a model's weights and lays them out as `params`. @throws {OptionError} unless they are those of the config */
  pack(tensors: NamedTensors): Float32Array {
    const params = new Float32Array(this.params.shape[0]);
    const { embeddings, layers } = foldModel(this.config, tensors);
    const [first, ...others] = layers;
    const stride = rowStride(first.fanOut);
    const transpose = (input: number, count: number, at: number) => {
      for (let i = 0; i < count; i++) {
        for (let o = 0; o < first.fanOut; o++)
          params[at + i * stride + o] = first.weight[o * first.fanIn + input + i];
      }
    };
    let input = 0;
    for (const { column, width, weight } of embeddings) {
      const placed = this.#embeddings[column];
      params.set(weight, placed.offset);
      transpose(input, width, placed.weight);
      input += width;
    }
    const { weight, fanIn, bias } = this.#linears[0];
    transpose(input, this.config.continuous, weight + (fanIn - this.config.continuous) * stride);
    params.set(first.bias, bias);
    others.forEach((layer, i) => {
      const placed = this.#linears[i + 1];
      const rowLength = rowStride(layer.fanIn);
      for (let o = 0; o < layer.fanOut; o++) {
        const row = layer.weight.subarray(o * layer.fanIn, (o + 1) * layer.fanIn);
        params.set(row, placed.weight + o * rowLength);
      }
      params.set(layer.bias, placed.bias);
    });
    return params;
  }

  /** What makes the ready rows from the parameters: a recording per joined column, and its step. */
  makeReady(): { recording: Recording; step: StepValues }[] {
    const { fanOut } = this.#linears[0];
    const none = matrix("no_ready_rows", 0, fanOut, "resident");
    const nothing = resident("no_continuous", [1, 0]);
    let first = 0;
    return this.#groups.map(({ columns, cardinality }, g) => {
      const rec = new Recorder("make_ready_rows");
      const fanIn = columns.reduce((sum, column) => sum + this.#embeddings[column].width, 0);
      const { weight } = this.#embeddings[columns[0]];
      const linear = { fanIn, fanOut, weight, bias: this.#noBias, relu: false, yRange: null };
      const table = { codes: this.#makeCodes, words: this.#makeCodes.shape[1], continuous: nothing };
      const io = { params: this.params, ready: none, tables: this.#makeTables[g], y: this.ready };
      readyRowsForward(rec, linear, io, table, { rows: cardinality, nTables: 0, nKept: columns.length });
      const step = evalStep(first, cardinality, first);
      first += cardinality;
      return { recording: rec.finish(), step };
    });
  }

  /** The forward pass, y_range applied. Shapes: → output [rows, outputs]. */
  forward(rec: Recorder, table: PredictionTable, rows: number, output: BufferSpec): void {
    const { params, ready } = this;
    const [first, ...others] = this.#linears;
    const activations = (i: number) =>
      i === others.length ? output : matrix(`y${i + 1}`, rows, this.#linears[i].fanOut, "transient");
    let y = activations(0);
    const input = { rows, nTables: this.#groups.length, nKept: this.#kept.length };
    readyRowsForward(rec, first, { params, ready, tables: this.#tables, y }, table, input);
    others.forEach((linear, i) => {
      const x = y;
      y = activations(i + 1);
      linearForward(rec, linear, { params, x, y });
    });
  }
}
