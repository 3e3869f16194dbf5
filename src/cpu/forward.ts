import { DataError } from "../errors.ts";
import { BATCHNORM_EPS, checkConfig, embeddingWidth, type TabularModelConfig } from "../model/config.ts";
import { type NamedBlock, namedBlocks } from "../model/layer_modules.ts";
import { checkTensors, type NamedTensors } from "../model/parameters.ts";
import { linearForward } from "./linear.ts";

/** The rows to run: what an EncodedTable has, targets aside. */
export interface CpuInput {
  readonly rows: number;
  /** [rows, categorical columns], row-major. */
  readonly codes: Uint32Array;
  /** [rows, continuous columns], row-major, filled and normalised. */
  readonly continuous: Float32Array;
}

/** BatchNorm with running statistics as what it is at inference: y = scale · x + shift per feature. */
interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

interface CpuBlock extends NamedBlock {
  readonly weight: Float64Array;
  readonly biasValues: Float64Array | null;
  readonly affine: Affine | null;
}

/** A model made ready for inference on the CPU: tensors in double precision, BatchNorms folded to scale and shift. */
export interface CpuModel {
  readonly config: TabularModelConfig;
  readonly embeddings: readonly Float64Array[];
  readonly contAffine: Affine | null;
  readonly blocks: readonly CpuBlock[];
}

/** @throws {OptionError} unless `tensors` are those of `config` */
export function prepareCpuModel(config: TabularModelConfig, tensors: NamedTensors): CpuModel {
  checkConfig(config);
  checkTensors(config, tensors);
  const f64 = (name: string) => Float64Array.from(tensors.get(name)!);
  const affineOf = (name: string): Affine => {
    const mean = f64(`${name}.running_mean`);
    const variance = f64(`${name}.running_var`);
    const bias = f64(`${name}.bias`);
    const scale = f64(`${name}.weight`).map((gamma, i) => gamma / Math.sqrt(variance[i] + BATCHNORM_EPS));
    return { scale, shift: bias.map((beta, i) => beta - mean[i] * scale[i]) };
  };
  return {
    config,
    embeddings: config.embeddingSizes.map((_, column) => f64(`embeds.${column}.weight`)),
    contAffine: config.bnCont && config.continuous > 0 ? affineOf("bn_cont") : null,
    blocks: namedBlocks(config).map((block) => ({
      ...block,
      weight: f64(`${block.linear}.weight`),
      biasValues: block.bias ? f64(`${block.linear}.bias`) : null,
      affine: block.norm === null ? null : affineOf(block.norm),
    })),
  };
}

/**
 * Runs rows `start` … `start + count − 1` in inference mode (running statistics, no dropout), in double precision.
 *
 * @returns [count, outputs]: y_range applied, before any softmax or sigmoid
 * @throws {DataError} for a code outside its embedding or rows outside the input
 */
export function cpuForwardRows(model: CpuModel, input: CpuInput, start: number, count: number): Float64Array {
  if (!(start >= 0 && count >= 0 && start + count <= input.rows)) {
    throw new DataError(`Rows ${start} to ${start + count} were asked for, but there are ${input.rows}.`);
  }
  let h = inputLayer(model, input, start, count);
  for (const { weight, biasValues, affine, relu, fanIn, fanOut } of model.blocks) {
    h = linearForward(h, weight, biasValues, count, fanIn, fanOut);
    if (relu) reluInPlace(h);
    if (affine) affineInPlace(h, affine);
  }
  if (model.config.yRange) squashInPlace(h, model.config.yRange);
  return h;
}

/** The same from a model's tensors as they are; for many calls prepare the model once. */
export function cpuForward(
  config: TabularModelConfig,
  tensors: NamedTensors,
  input: CpuInput,
  start: number,
  count: number,
): Float64Array {
  return cpuForwardRows(prepareCpuModel(config, tensors), input, start, count);
}

/** Embeddings side by side, then the continuous columns through bn_cont: [count, embedding width + continuous]. */
function inputLayer(model: CpuModel, input: CpuInput, start: number, count: number): Float64Array {
  const { config, embeddings, contAffine } = model;
  const columns = embeddings.length;
  const continuous = config.continuous;
  const width = embeddingWidth(config) + continuous;
  const h = new Float64Array(count * width);
  for (let b = 0; b < count; b++) {
    const row = start + b;
    let at = b * width;
    for (let c = 0; c < columns; c++) {
      const [n, dim] = config.embeddingSizes[c];
      const code = input.codes[row * columns + c];
      if (!(code < n)) {
        throw new DataError(
          `Row ${row} has code ${code} in categorical column ${c}, whose embedding has ${n} rows. ` +
            "Encode the table with the model's own preprocessing.",
        );
      }
      h.set(embeddings[c].subarray(code * dim, (code + 1) * dim), at);
      at += dim;
    }
    for (let k = 0; k < continuous; k++) {
      const x = input.continuous[row * continuous + k];
      h[at + k] = contAffine ? x * contAffine.scale[k] + contAffine.shift[k] : x;
    }
  }
  return h;
}

function reluInPlace(x: Float64Array): void {
  for (let i = 0; i < x.length; i++) if (x[i] < 0) x[i] = 0; // a NaN stays one
}

function affineInPlace(x: Float64Array, { scale, shift }: Affine): void {
  const features = scale.length;
  for (let at = 0; at < x.length; at += features) {
    for (let f = 0; f < features; f++) x[at + f] = x[at + f] * scale[f] + shift[f];
  }
}

function squashInPlace(x: Float64Array, [low, high]: readonly [number, number]): void {
  for (let i = 0; i < x.length; i++) x[i] = low + (high - low) / (1 + Math.exp(-x[i]));
}
