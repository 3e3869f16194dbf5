import { BATCHNORM_EPS, checkConfig, embeddingWidth, type TabularModelConfig } from "./config.ts";
import { type NamedBlock, namedBlocks } from "./layer_modules.ts";
import { checkTensors, type NamedTensors } from "./parameters.ts";

/** A Linear with every BatchNorm around it folded in: y = relu?(x · weightᵀ + bias). */
export interface FoldedLinear {
  /** [fanOut, fanIn], row-major, unpadded. */
  readonly weight: Float32Array;
  /** [fanOut]; zeros where the model has neither bias nor shift. */
  readonly bias: Float32Array;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly relu: boolean;
}

/** A categorical column whose embedding is multiplied with its slice of the first weight already. */
export interface ReadyRows {
  /** Index of the categorical column. */
  readonly column: number;
  readonly cardinality: number;
  /** [cardinality, layers[0].fanOut]: what a code adds to the first layer's sums. */
  readonly rows: Float32Array;
}

/** A categorical column that stays an embedding: the first layer multiplies it. */
export interface KeptEmbedding {
  /** Index of the categorical column. */
  readonly column: number;
  readonly cardinality: number;
  readonly width: number;
  /** [cardinality, width] */
  readonly weight: Float32Array;
}

/** A model as inference needs it: the same function as the trained model, in fewer operations. */
export interface FoldedModel {
  readonly config: TabularModelConfig;
  /** Columns whose table of ready rows is worth its bytes, in column order. */
  readonly tables: readonly ReadyRows[];
  /** The other columns, in column order: side by side at the front of the input of layers[0]. */
  readonly embeddings: readonly KeptEmbedding[];
  /** layers[0].fanIn = Σ widths of `embeddings` + continuous, which may be 0; the last one is the head. */
  readonly layers: readonly FoldedLinear[];
  readonly yRange: readonly [number, number] | null;
}

/** Bytes that all tables of ready rows may take, unless told otherwise. */
export const MAX_TABLE_BYTES = 64 * 2 ** 20;

/** Per feature: y = scale · x + shift, which is what a BatchNorm is once it is trained. */
interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/**
 * Folds everything constant of a trained model into its Linears. A BatchNorm behind a ReLU goes into the Linear that
 * follows, one behind a bare Linear into that Linear, and bn_cont into the first. A Linear over concatenated embeddings
 * is a sum of one product per column, so a column's product can be computed once for every code: the column becomes a
 * table of ready rows. Which columns do is counted: a table saves `width − 1` multiplications per output and row of
 * input and takes cardinality × fanOut × 4 bytes, and the columns that save most per byte come first until
 * `maxTableBytes` are spent.
 *
 * Sums run in f64 and are rounded to f32 once, so outputs stay within 1e-5, relative, of the model as it was. Normalize
 * is not folded: the encoder takes the mean off in f64, and in f32 that would cancel digits.
 *
 * @param options.maxTableBytes 64 MiB unless given; 0 keeps every embedding
 * @throws {OptionError} unless `tensors` are those of `config`
 */
export function foldModel(
  config: TabularModelConfig,
  tensors: NamedTensors,
  options: { maxTableBytes?: number } = {},
): FoldedModel {
  checkConfig(config);
  checkTensors(config, tensors);
  const blocks = namedBlocks(config);
  const ready = columnsWithTables(config, options.maxTableBytes ?? MAX_TABLE_BYTES);
  const offsets = embeddingOffsets(config);
  const embeddings = config.embeddingSizes.flatMap(([cardinality, width], column): KeptEmbedding[] => {
    if (ready.has(column)) return [];
    return [{ column, cardinality, width, weight: tensors.get(`embeds.${column}.weight`)!.slice() }];
  });
  const tables = [...ready].map((column): ReadyRows => {
    const [cardinality, width] = config.embeddingSizes[column];
    const embedding = tensors.get(`embeds.${column}.weight`)!;
    const weight = tensors.get(`${blocks[0].linear}.weight`)!;
    const { fanIn, fanOut, norm, relu } = blocks[0];
    // A BatchNorm that folds into the first Linear scales what the embeddings add to it too.
    const scale = norm !== null && !relu ? affineOf(tensors, norm).scale : null;
    const rows = readyRows(embedding, cardinality, width, weight, offsets[column], fanIn, fanOut, scale);
    return { column, cardinality, rows };
  });
  const kept = embeddings.flatMap(({ column, width }) =>
    Array.from({ length: width }, (_, i) => offsets[column] + i),
  );
  const continuousFrom = embeddingWidth(config);
  const inputs = [...kept, ...Array.from({ length: config.continuous }, (_, i) => continuousFrom + i)];
  const hasContNorm = config.bnCont && config.continuous > 0;
  const contNorm = hasContNorm ? besideEmbeddings(affineOf(tensors, "bn_cont"), kept.length) : null;
  const layers = blocks.map((block, i) => {
    const before = i > 0 ? blocks[i - 1] : null;
    const norm = before?.norm && before.relu ? affineOf(tensors, before.norm) : null;
    return i === 0
      ? foldLinear(block, tensors, inputs, contNorm)
      : foldLinear(
          block,
          tensors,
          Array.from({ length: block.fanIn }, (_, k) => k),
          norm,
        );
  });
  return { config, tables, embeddings, layers, yRange: config.yRange };
}

/** The columns that become tables when those may take `maxBytes`, in column order. */
export function columnsWithTables(config: TabularModelConfig, maxBytes: number): Set<number> {
  const fanOut = config.layers[0] ?? config.outputs;
  const candidates = config.embeddingSizes
    .map(([cardinality, width], column) => {
      return { column, bytes: cardinality * fanOut * 4, saving: (width - 1) / cardinality };
    })
    .filter(({ saving }) => saving > 0)
    .sort((a, b) => b.saving - a.saving || a.column - b.column);
  const chosen: number[] = [];
  let left = maxBytes;
  for (const { column, bytes } of candidates) {
    if (bytes > left) continue;
    left -= bytes;
    chosen.push(column);
  }
  return new Set(chosen.sort((a, b) => a - b));
}

/** Where each column's embedding begins in the concatenated input. */
function embeddingOffsets(config: TabularModelConfig): number[] {
  let at = 0;
  return config.embeddingSizes.map(([, width]) => {
    const offset = at;
    at += width;
    return offset;
  });
}

/**
 * embedding [cardinality, width] times columns offset … offset + width − 1 of weight [fanOut, fanIn], transposed, times
 * `scale` [fanOut] → [cardinality, fanOut]. Two codes by four outputs are summed at a time, so that a value that is
 * loaded serves several sums; what is missing to a whole tile is zeros.
 */
function readyRows(
  embedding: Float32Array,
  cardinality: number,
  width: number,
  weight: Float32Array,
  offset: number,
  fanIn: number,
  fanOut: number,
  scale: Float64Array | null,
): Float32Array {
  const even = cardinality + (cardinality % 2);
  const codes = new Float64Array(even * width);
  codes.set(embedding);
  const rows = new Float32Array(cardinality * fanOut);
  const slices = new Float64Array(width * 4); // four outputs' weights, input by input
  const sums = new Float64Array(8);
  for (let o = 0; o < fanOut; o += 4) {
    const outputs = Math.min(4, fanOut - o);
    slices.fill(0);
    for (let j = 0; j < outputs; j++) {
      const by = scale ? scale[o + j] : 1;
      for (let k = 0; k < width; k++) slices[4 * k + j] = weight[(o + j) * fanIn + offset + k] * by;
    }
    for (let code = 0; code < even; code += 2) {
      sumTile(codes, code * width, width, slices, sums);
      for (let i = 0; i < 2 && code + i < cardinality; i++) {
        for (let j = 0; j < outputs; j++) rows[(code + i) * fanOut + o + j] = sums[4 * i + j];
      }
    }
  }
  return rows;
}

/** sums [2, 4] = two rows of `codes`, from `at` on, times `slices` [width, 4]. */
function sumTile(
  codes: Float64Array,
  at: number,
  width: number,
  slices: Float64Array,
  sums: Float64Array,
): void {
  let [a0, a1, a2, a3] = [0, 0, 0, 0];
  let [b0, b1, b2, b3] = [0, 0, 0, 0];
  for (let k = 0, s = 0; k < width; k++, s += 4) {
    const p = codes[at + k];
    const q = codes[at + width + k];
    const v0 = slices[s];
    const v1 = slices[s + 1];
    const v2 = slices[s + 2];
    const v3 = slices[s + 3];
    a0 += p * v0;
    a1 += p * v1;
    a2 += p * v2;
    a3 += p * v3;
    b0 += q * v0;
    b1 += q * v1;
    b2 += q * v2;
    b3 += q * v3;
  }
  sums[0] = a0;
  sums[1] = a1;
  sums[2] = a2;
  sums[3] = a3;
  sums[4] = b0;
  sums[5] = b1;
  sums[6] = b2;
  sums[7] = b3;
}

/** @param inputs the columns of the block's weight that remain. @param norm what is applied to them before */
function foldLinear(
  block: NamedBlock,
  tensors: NamedTensors,
  inputs: readonly number[],
  norm: Affine | null,
): FoldedLinear {
  const { linear, fanOut, relu } = block;
  const weight = tensors.get(`${linear}.weight`)!;
  const bias = block.bias ? tensors.get(`${linear}.bias`)! : null;
  const after = block.norm !== null && !relu ? affineOf(tensors, block.norm) : null;
  const fanIn = inputs.length;
  const { scale, shift } = norm ?? { scale: new Float64Array(fanIn).fill(1), shift: new Float64Array(fanIn) };
  const folded = new Float32Array(fanOut * fanIn);
  const foldedBias = new Float32Array(fanOut);
  for (let o = 0; o < fanOut; o++) {
    const by = after ? after.scale[o] : 1;
    const shifted = foldRow(weight, o * block.fanIn, inputs, scale, shift, by, folded, o * fanIn);
    foldedBias[o] = ((bias ? bias[o] : 0) + shifted) * by + (after ? after.shift[o] : 0);
  }
  return { weight: folded, bias: foldedBias, fanIn, fanOut, relu };
}

/** folded = row · scale · by for the columns that remain. @returns Σ row · shift */
function foldRow(
  weight: Float32Array,
  from: number,
  inputs: readonly number[],
  scale: Float64Array,
  shift: Float64Array,
  by: number,
  folded: Float32Array,
  to: number,
): number {
  let sum = 0;
  for (let k = 0; k < inputs.length; k++) {
    const w = weight[from + inputs[k]];
    folded[to + k] = w * scale[k] * by;
    sum += w * shift[k];
  }
  return sum;
}

/** BatchNorm by its running statistics, as scale and shift. */
function affineOf(tensors: NamedTensors, name: string): Affine {
  const of = (part: string) => tensors.get(`${name}.${part}`)!;
  const [gamma, beta, mean, variance] = [of("weight"), of("bias"), of("running_mean"), of("running_var")];
  const scale = Float64Array.from(gamma, (g, i) => g / Math.sqrt(variance[i] + BATCHNORM_EPS));
  return { scale, shift: Float64Array.from(beta, (b, i) => b - mean[i] * scale[i]) };
}

/** bn_cont over the whole input: the embeddings before the continuous columns stay as they are. */
function besideEmbeddings(norm: Affine, width: number): Affine {
  const scale = new Float64Array(width + norm.scale.length).fill(1);
  const shift = new Float64Array(width + norm.shift.length);
  scale.set(norm.scale, width);
  shift.set(norm.shift, width);
  return { scale, shift };
}
