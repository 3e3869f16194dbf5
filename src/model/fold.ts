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

/** The embedding of a categorical column, as it was. */
export interface FoldedEmbedding {
  /** Index of the categorical column. */
  readonly column: number;
  readonly cardinality: number;
  readonly width: number;
  /** [cardinality, width]: the model's own tensor, not a copy. */
  readonly weight: Float32Array;
}

/** A model as inference needs it: the same function as the trained model, in fewer operations. */
export interface FoldedModel {
  readonly config: TabularModelConfig;
  /** Of every categorical column, in their order: side by side at the front of the input of layers[0]. */
  readonly embeddings: readonly FoldedEmbedding[];
  /** layers[0].fanIn = Σ widths of `embeddings` + continuous; the last one is the head. */
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
 * Folds every BatchNorm of a trained model into a Linear: one behind a ReLU into the Linear that follows, one behind a
 * bare Linear into that Linear, and bn_cont into the first.
 *
 * Computed in f64 and rounded to f32 once, so outputs stay within 1e-5, relative, of the model as it was. Normalize is
 * not folded: the encoder takes the mean off in f64, and in f32 that would cancel digits.
 *
 * @throws {OptionError} unless `tensors` are those of `config`
 */
export function foldModel(config: TabularModelConfig, tensors: NamedTensors): FoldedModel {
  checkConfig(config);
  checkTensors(config, tensors);
  const embeddings = config.embeddingSizes.map(([cardinality, width], column) => {
    return { column, cardinality, width, weight: tensors.get(`embeds.${column}.weight`)! };
  });
  const blocks = namedBlocks(config);
  const layers = blocks.map((block, i) => {
    if (i === 0) return foldLinear(block, tensors, inputNorm(config, tensors));
    const before = blocks[i - 1];
    return foldLinear(block, tensors, affineOf(tensors, before.relu ? before.norm : null, block.fanIn));
  });
  return { config, embeddings, layers, yRange: config.yRange };
}

/**
 * The columns that are better looked up than multiplied. A Linear over concatenated embeddings is a sum of one product
 * per column, which can be computed once for every code: the column becomes a table of ready rows [cardinality, fanOut].
 * That saves `width − 1` multiplications per output and row of input and takes cardinality × fanOut × 4 bytes; the
 * columns that save most per byte come first until `maxBytes` are spent.
 *
 * @returns indices of categorical columns, in their order
 */
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

/** @param before what is applied to the block's input */
function foldLinear(block: NamedBlock, tensors: NamedTensors, before: Affine): FoldedLinear {
  const { linear, fanIn, fanOut, relu } = block;
  const weight = tensors.get(`${linear}.weight`)!;
  const bias = block.bias ? tensors.get(`${linear}.bias`)! : null;
  const after = affineOf(tensors, relu ? null : block.norm, fanOut);
  const folded = new Float32Array(fanOut * fanIn);
  const foldedBias = new Float32Array(fanOut);
  for (let o = 0; o < fanOut; o++) {
    const shifted = foldRow(weight, o * fanIn, before, after.scale[o], folded);
    foldedBias[o] = ((bias ? bias[o] : 0) + shifted) * after.scale[o] + after.shift[o];
  }
  return { weight: folded, bias: foldedBias, fanIn, fanOut, relu };
}

/** folded = row · scale · by, for the row that begins at `at`. @returns Σ row · shift */
function foldRow(
  weight: Float32Array,
  at: number,
  { scale, shift }: Affine,
  by: number,
  folded: Float32Array,
): number {
  let sum = 0;
  for (let k = 0; k < scale.length; k++) {
    const w = weight[at + k];
    folded[at + k] = w * scale[k] * by;
    sum += w * shift[k];
  }
  return sum;
}

/** BatchNorm by its running statistics, as scale and shift; of no BatchNorm, 1 and 0. */
function affineOf(tensors: NamedTensors, name: string | null, features: number): Affine {
  if (name === null) return unchanged(features);
  const of = (part: string) => tensors.get(`${name}.${part}`)!;
  const [gamma, beta, mean, variance] = [of("weight"), of("bias"), of("running_mean"), of("running_var")];
  const scale = Float64Array.from(gamma, (g, i) => g / Math.sqrt(variance[i] + BATCHNORM_EPS));
  return { scale, shift: Float64Array.from(beta, (b, i) => b - mean[i] * scale[i]) };
}

function unchanged(features: number): Affine {
  return { scale: new Float64Array(features).fill(1), shift: new Float64Array(features) };
}

/** bn_cont over the whole input: the embeddings before the continuous columns stay as they are. */
function inputNorm(config: TabularModelConfig, tensors: NamedTensors): Affine {
  const width = embeddingWidth(config);
  const all = unchanged(width + config.continuous);
  if (!config.bnCont || config.continuous === 0) return all;
  const { scale, shift } = affineOf(tensors, "bn_cont", config.continuous);
  all.scale.set(scale, width);
  all.shift.set(shift, width);
  return all;
}
