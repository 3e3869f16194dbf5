/**
 * The operations of a tabular model in double precision: plain loops in the order of their formulas, dull on
 * purpose. They are the oracle of the kernels' tests, so they share no code with what ships. Arrays are row-major,
 * sizes are explicit, results are new arrays; `d` before a name is the loss's gradient with respect to it.
 * Losses and Adam have files of their own and are exported here too.
 */
import { OptionError } from "../../errors.ts";

export * from "./adam.ts";
export * from "./losses.ts";

/** `[num_embeddings, embedding_dim]` per column. */
export type EmbeddingSizes = readonly (readonly [number, number])[];

const widthOf = (sizes: EmbeddingSizes) => sizes.reduce((sum, [, dim]) => sum + dim, 0);

/** Rows looked up and laid side by side: codes [batch, columns], weights[c] [n, dim] → [batch, Σ dim]. */
export function embeddingForward(
  codes: ArrayLike<number>,
  weights: readonly Float64Array[],
  sizes: EmbeddingSizes,
  batch: number,
): Float64Array {
  const width = widthOf(sizes);
  const y = new Float64Array(batch * width);
  for (let b = 0; b < batch; b++) {
    let offset = 0;
    for (let c = 0; c < sizes.length; c++) {
      const dim = sizes[c][1];
      const row = codes[b * sizes.length + c];
      for (let k = 0; k < dim; k++) y[b * width + offset + k] = weights[c][row * dim + k];
      offset += dim;
    }
  }
  return y;
}

/** Dense gradients of the tables: rows that a batch names twice collect both, rows it does not name stay zero. */
export function embeddingBackward(
  dY: Float64Array,
  codes: ArrayLike<number>,
  sizes: EmbeddingSizes,
  batch: number,
): Float64Array[] {
  const width = widthOf(sizes);
  const gradients = sizes.map(([n, dim]) => new Float64Array(n * dim));
  for (let b = 0; b < batch; b++) {
    let offset = 0;
    for (let c = 0; c < sizes.length; c++) {
      const dim = sizes[c][1];
      const row = codes[b * sizes.length + c];
      for (let k = 0; k < dim; k++) gradients[c][row * dim + k] += dY[b * width + offset + k];
      offset += dim;
    }
  }
  return gradients;
}

/** y = x · weightᵀ + bias: x [batch, fanIn], weight [fanOut, fanIn], bias [fanOut] or null → [batch, fanOut]. */
export function linearForward(
  x: Float64Array,
  weight: Float64Array,
  bias: Float64Array | null,
  batch: number,
  fanIn: number,
  fanOut: number,
): Float64Array {
  const y = new Float64Array(batch * fanOut);
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < fanOut; o++) {
      let sum = bias ? bias[o] : 0;
      for (let i = 0; i < fanIn; i++) sum += x[b * fanIn + i] * weight[o * fanIn + i];
      y[b * fanOut + o] = sum;
    }
  }
  return y;
}

/** dX = dY · weight. */
export function linearBackwardInput(
  dY: Float64Array,
  weight: Float64Array,
  batch: number,
  fanIn: number,
  fanOut: number,
): Float64Array {
  const dX = new Float64Array(batch * fanIn);
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < fanOut; o++) {
      for (let i = 0; i < fanIn; i++) dX[b * fanIn + i] += dY[b * fanOut + o] * weight[o * fanIn + i];
    }
  }
  return dX;
}

/** dWeight = dYᵀ · x. */
export function linearBackwardWeight(
  dY: Float64Array,
  x: Float64Array,
  batch: number,
  fanIn: number,
  fanOut: number,
): Float64Array {
  const dWeight = new Float64Array(fanOut * fanIn);
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < fanOut; o++) {
      for (let i = 0; i < fanIn; i++) dWeight[o * fanIn + i] += dY[b * fanOut + o] * x[b * fanIn + i];
    }
  }
  return dWeight;
}

/** dBias = column sums of dY. */
export function linearBackwardBias(dY: Float64Array, batch: number, fanOut: number): Float64Array {
  const dBias = new Float64Array(fanOut);
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < fanOut; o++) dBias[o] += dY[b * fanOut + o];
  }
  return dBias;
}

export function reluForward(x: Float64Array): Float64Array {
  return x.map((value) => Math.max(value, 0));
}

/** The slope at 0 is 0, as in PyTorch. */
export function reluBackward(dY: Float64Array, x: Float64Array): Float64Array {
  return dY.map((gradient, i) => (x[i] > 0 ? gradient : 0));
}

/** What dropout multiplies by: 0 where `keep` is 0, else 1 / (1 − p). */
export function dropoutMask(keep: ArrayLike<number>, p: number): Float64Array {
  return Float64Array.from(keep, (kept) => (kept ? 1 / (1 - p) : 0));
}

/** @param mask as `dropoutMask` makes it, of x's shape */
export function dropoutForward(x: Float64Array, mask: Float64Array): Float64Array {
  return x.map((value, i) => value * mask[i]);
}

/** @param mask the one of the forward direction */
export function dropoutBackward(dY: Float64Array, mask: Float64Array): Float64Array {
  return dropoutForward(dY, mask);
}

export const BATCHNORM_EPS = 1e-5;
export const BATCHNORM_MOMENTUM = 0.1;

export interface BatchNormTrained {
  y: Float64Array;
  /** Of the batch. */
  mean: Float64Array;
  /** Of the batch, biased: divided by N. This one normalises. */
  variance: Float64Array;
  /** 0.9 · the old one + 0.1 · the batch's. */
  runningMean: Float64Array;
  /** The same with the batch's unbiased variance, divided by N − 1. */
  runningVar: Float64Array;
}

/**
 * y = γ · (x − mean) / √(variance + eps) + β over the columns of x [batch, features].
 *
 * @throws {OptionError} for a batch of one row, as PyTorch does
 */
export function batchNormForwardTrain(
  x: Float64Array,
  gamma: Float64Array,
  beta: Float64Array,
  running: { mean: Float64Array; var: Float64Array },
  batch: number,
  features: number,
): BatchNormTrained {
  if (batch < 2) {
    throw new OptionError(
      `BatchNorm got a training batch of ${batch} row; it needs at least 2 to have a variance. Use a larger batch size.`,
    );
  }
  const mean = new Float64Array(features);
  const variance = new Float64Array(features);
  for (let f = 0; f < features; f++) {
    for (let b = 0; b < batch; b++) mean[f] += x[b * features + f];
    mean[f] /= batch;
    for (let b = 0; b < batch; b++) variance[f] += (x[b * features + f] - mean[f]) ** 2;
    variance[f] /= batch;
  }
  const m = BATCHNORM_MOMENTUM;
  return {
    y: batchNormForwardEval(x, gamma, beta, { mean, var: variance }, batch, features),
    mean,
    variance,
    runningMean: running.mean.map((old, f) => (1 - m) * old + m * mean[f]),
    runningVar: running.var.map((old, f) => (1 - m) * old + (m * variance[f] * batch) / (batch - 1)),
  };
}

/** y = γ · (x − running mean) / √(running var + eps) + β. */
export function batchNormForwardEval(
  x: Float64Array,
  gamma: Float64Array,
  beta: Float64Array,
  running: { mean: Float64Array; var: Float64Array },
  batch: number,
  features: number,
): Float64Array {
  const y = new Float64Array(batch * features);
  for (let b = 0; b < batch; b++) {
    for (let f = 0; f < features; f++) {
      const xHat = (x[b * features + f] - running.mean[f]) / Math.sqrt(running.var[f] + BATCHNORM_EPS);
      y[b * features + f] = gamma[f] * xHat + beta[f];
    }
  }
  return y;
}

/** dX = γ / (N s) · (N dY − Σ dY − x̂ Σ dY x̂), dγ = Σ dY x̂, dβ = Σ dY; mean and variance are the batch's. */
export function batchNormBackward(
  dY: Float64Array,
  x: Float64Array,
  gamma: Float64Array,
  mean: Float64Array,
  variance: Float64Array,
  batch: number,
  features: number,
): { dX: Float64Array; dGamma: Float64Array; dBeta: Float64Array } {
  const dX = new Float64Array(batch * features);
  const dGamma = new Float64Array(features);
  const dBeta = new Float64Array(features);
  for (let f = 0; f < features; f++) {
    const s = Math.sqrt(variance[f] + BATCHNORM_EPS);
    for (let b = 0; b < batch; b++) {
      const i = b * features + f;
      dGamma[f] += (dY[i] * (x[i] - mean[f])) / s;
      dBeta[f] += dY[i];
    }
    for (let b = 0; b < batch; b++) {
      const i = b * features + f;
      const xHat = (x[i] - mean[f]) / s;
      dX[i] = (gamma[f] / (batch * s)) * (batch * dY[i] - dBeta[f] - xHat * dGamma[f]);
    }
  }
  return { dX, dGamma, dBeta };
}
