import * as ops from "../../src/cpu/ops/ops.ts";
import { InternalError } from "../../src/errors.ts";
import { checkConfig, embeddingWidth, type TabularModelConfig } from "../../src/model/config.ts";
import { type NamedBlock, namedBlocks } from "../../src/model/layer_modules.ts";
import { checkTensors, parametersOf } from "../../src/model/parameters.ts";

export interface ReferenceBatch {
  rows: number;
  /** [rows, categorical columns] */
  codes: ArrayLike<number>;
  /** [rows, continuous columns], normalised */
  continuous: ArrayLike<number>;
}

/** Dropout masks as `ops.dropoutMask` makes them; null or absent keeps everything. */
export interface ReferenceMasks {
  /** [rows, embedding width] */
  embeddings?: Float64Array | null;
  /** One per hidden block, [rows, width of the block]. */
  blocks?: readonly (Float64Array | null)[];
}

export type ReferenceTask = "regression" | "classification" | "multilabel";

export interface ReferenceHyper extends ops.AdamHyper {
  /** v1: every trainable tensor decays; v2: embeddings and Linear weights only. */
  decayAll: boolean;
}

interface NormTrace {
  name: string;
  x: Float64Array;
  mean: Float64Array;
  variance: Float64Array;
  features: number;
}

interface BlockTrace {
  block: NamedBlock;
  x: Float64Array;
  z: Float64Array;
  norm: NormTrace | null;
  mask: Float64Array | null;
}

/** What the backward direction needs of the last forwardTrain. */
interface Trace {
  batch: ReferenceBatch;
  embeddingMask: Float64Array | null;
  contNorm: NormTrace | null;
  blocks: BlockTrace[];
  logits: Float64Array;
}

/** The whole model in double precision, trained step by step: the oracle of the GPU's training step. */
export class ReferenceModel {
  readonly config: TabularModelConfig;
  /** By PyTorch key; steps change them in place. */
  readonly tensors: Map<string, Float64Array>;
  readonly adam = new Map<string, ops.AdamState>();
  #trace: Trace | null = null;
  #gradients: Map<string, Float64Array> | null = null;

  constructor(config: TabularModelConfig, tensors: ReadonlyMap<string, ArrayLike<number>>) {
    checkConfig(config);
    checkTensors(config, tensors);
    this.config = config;
    this.tensors = new Map(
      parametersOf(config).map((p) => [p.name, Float64Array.from(tensors.get(p.name)!)]),
    );
  }

  /** Training mode: batch statistics, running ones updated. Returns the logits, before any y_range. */
  forwardTrain(batch: ReferenceBatch, masks: ReferenceMasks = {}): Float64Array {
    const embeddingMask = masks.embeddings ?? null;
    let e = this.#embed(batch);
    if (embeddingMask) e = ops.dropoutForward(e, embeddingMask);
    const contNorm = this.#hasContNorm()
      ? this.#normTrain("bn_cont", this.#continuous(batch), batch.rows)
      : null;
    let h = this.#concat(e, contNorm ? contNorm.y : this.#continuous(batch), batch.rows);
    const blocks: BlockTrace[] = [];
    for (const block of namedBlocks(this.config)) {
      const x = h;
      const z = this.#linear(block, x, batch.rows);
      h = block.relu ? ops.reluForward(z) : z;
      let norm: NormTrace | null = null;
      if (block.norm) {
        const trained = this.#normTrain(block.norm, h, batch.rows);
        norm = trained.trace;
        h = trained.y;
      }
      const mask = masks.blocks?.[block.index] ?? null;
      if (mask) h = ops.dropoutForward(h, mask);
      blocks.push({ block, x, z, norm, mask });
    }
    this.#trace = { batch, embeddingMask, contNorm: contNorm?.trace ?? null, blocks, logits: h };
    return h;
  }

  /**
   * Loss of the last forwardTrain and the gradient of every trainable tensor, kept for adamStep.
   *
   * @param targets [rows, outputs], or [rows] class numbers
   * @param weight one weight per class, for classification only
   */
  lossAndBackward(
    targets: ArrayLike<number>,
    task: ReferenceTask,
    weight: ArrayLike<number> | null = null,
  ): { loss: number; gradients: Map<string, Float64Array> } {
    if (!this.#trace) throw new InternalError("lossAndBackward needs a forwardTrain before it.");
    const { batch, embeddingMask, contNorm, blocks, logits } = this.#trace;
    const { rows } = batch;
    const { loss, dLogits } = this.#loss(logits, targets, task, rows, weight);
    const gradients = new Map<string, Float64Array>();
    let d = dLogits;
    for (const { block, x, z, norm, mask } of blocks.toReversed()) {
      if (mask) d = ops.dropoutBackward(d, mask);
      if (norm) d = this.#normBackward(norm, d, rows, gradients);
      if (block.relu) d = ops.reluBackward(d, z);
      const { linear, fanIn, fanOut } = block;
      gradients.set(`${linear}.weight`, ops.linearBackwardWeight(d, x, rows, fanIn, fanOut));
      if (block.bias) gradients.set(`${linear}.bias`, ops.linearBackwardBias(d, rows, fanOut));
      d = ops.linearBackwardInput(d, this.#tensor(`${linear}.weight`), rows, fanIn, fanOut);
    }
    const { dEmbeddings, dContinuous } = this.#split(d, rows);
    if (contNorm) this.#normBackward(contNorm, dContinuous, rows, gradients);
    const dE = embeddingMask ? ops.dropoutBackward(dEmbeddings, embeddingMask) : dEmbeddings;
    ops.embeddingBackward(dE, batch.codes, this.config.embeddingSizes, rows).forEach((gradient, column) => {
      gradients.set(`embeds.${column}.weight`, gradient);
    });
    this.#gradients = gradients;
    return { loss, gradients };
  }

  /** One Adam step of every trainable tensor with the last gradients. */
  adamStep(hyper: ReferenceHyper): void {
    if (!this.#gradients) throw new InternalError("adamStep needs a lossAndBackward before it.");
    for (const spec of parametersOf(this.config)) {
      if (!spec.trainable) continue;
      const parameter = this.#tensor(spec.name);
      const state = this.adam.get(spec.name) ?? ops.adamState(parameter.length);
      this.adam.set(spec.name, state);
      const wd = hyper.decayAll || spec.decays ? hyper.wd : 0;
      ops.adamStep(parameter, this.#gradients.get(spec.name)!, state, { ...hyper, wd });
    }
  }

  /** Inference mode: running statistics, no dropout. Returns the outputs, y_range applied. */
  evalForward(batch: ReferenceBatch): Float64Array {
    const { rows } = batch;
    let c = this.#continuous(batch);
    if (this.#hasContNorm()) c = this.#normEval("bn_cont", c, rows);
    let h = this.#concat(this.#embed(batch), c, rows);
    for (const block of namedBlocks(this.config)) {
      h = this.#linear(block, h, rows);
      if (block.relu) h = ops.reluForward(h);
      if (block.norm) h = this.#normEval(block.norm, h, rows);
    }
    return ops.yRangeForward(h, this.config.yRange);
  }

  #tensor(name: string): Float64Array {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new InternalError(`the reference model has no tensor "${name}".`);
    return tensor;
  }

  #hasContNorm(): boolean {
    return this.config.bnCont && this.config.continuous > 0;
  }

  #continuous(batch: ReferenceBatch): Float64Array {
    return Float64Array.from(batch.continuous).subarray(0, batch.rows * this.config.continuous);
  }

  #embed(batch: ReferenceBatch): Float64Array {
    const sizes = this.config.embeddingSizes;
    const weights = sizes.map((_, column) => this.#tensor(`embeds.${column}.weight`));
    return ops.embeddingForward(batch.codes, weights, sizes, batch.rows);
  }

  #linear(block: NamedBlock, x: Float64Array, rows: number): Float64Array {
    const bias = block.bias ? this.#tensor(`${block.linear}.bias`) : null;
    return ops.linearForward(
      x,
      this.#tensor(`${block.linear}.weight`),
      bias,
      rows,
      block.fanIn,
      block.fanOut,
    );
  }

  #running(name: string): { mean: Float64Array; var: Float64Array } {
    return { mean: this.#tensor(`${name}.running_mean`), var: this.#tensor(`${name}.running_var`) };
  }

  #normTrain(name: string, x: Float64Array, rows: number): { y: Float64Array; trace: NormTrace } {
    const gamma = this.#tensor(`${name}.weight`);
    const features = gamma.length;
    const running = this.#running(name);
    const out = ops.batchNormForwardTrain(x, gamma, this.#tensor(`${name}.bias`), running, rows, features);
    running.mean.set(out.runningMean);
    running.var.set(out.runningVar);
    this.#tensor(`${name}.num_batches_tracked`)[0] += 1;
    return { y: out.y, trace: { name, x, mean: out.mean, variance: out.variance, features } };
  }

  #normEval(name: string, x: Float64Array, rows: number): Float64Array {
    const gamma = this.#tensor(`${name}.weight`);
    const beta = this.#tensor(`${name}.bias`);
    return ops.batchNormForwardEval(x, gamma, beta, this.#running(name), rows, gamma.length);
  }

  #normBackward(
    { name, x, mean, variance, features }: NormTrace,
    dY: Float64Array,
    rows: number,
    gradients: Map<string, Float64Array>,
  ): Float64Array {
    const gamma = this.#tensor(`${name}.weight`);
    const { dX, dGamma, dBeta } = ops.batchNormBackward(dY, x, gamma, mean, variance, rows, features);
    gradients.set(`${name}.weight`, dGamma);
    gradients.set(`${name}.bias`, dBeta);
    return dX;
  }

  #loss(
    logits: Float64Array,
    targets: ArrayLike<number>,
    task: ReferenceTask,
    rows: number,
    weight: ArrayLike<number> | null,
  ): ops.LossAndGradient {
    if (task === "classification") {
      return ops.crossEntropy(logits, targets, rows, this.config.outputs, weight);
    }
    if (task === "multilabel") return ops.bceWithLogits(logits, targets);
    return ops.mse(logits, targets, this.config.yRange);
  }

  /** Embeddings first, then the continuous columns. */
  #concat(e: Float64Array, c: Float64Array, rows: number): Float64Array {
    const left = embeddingWidth(this.config);
    const right = this.config.continuous;
    const h = new Float64Array(rows * (left + right));
    for (let b = 0; b < rows; b++) {
      for (let k = 0; k < left; k++) h[b * (left + right) + k] = e[b * left + k];
      for (let k = 0; k < right; k++) h[b * (left + right) + left + k] = c[b * right + k];
    }
    return h;
  }

  #split(d: Float64Array, rows: number): { dEmbeddings: Float64Array; dContinuous: Float64Array } {
    const left = embeddingWidth(this.config);
    const right = this.config.continuous;
    const dEmbeddings = new Float64Array(rows * left);
    const dContinuous = new Float64Array(rows * right);
    for (let b = 0; b < rows; b++) {
      for (let k = 0; k < left; k++) dEmbeddings[b * left + k] = d[b * (left + right) + k];
      for (let k = 0; k < right; k++) dContinuous[b * right + k] = d[b * (left + right) + left + k];
    }
    return { dEmbeddings, dContinuous };
  }
}
