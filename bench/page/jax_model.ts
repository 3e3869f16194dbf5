import { nn, numpy as np, random } from "@jax-js/jax";
import { ADAM, BATCHNORM, CATEGORICAL, DROPOUT, Y_RANGE } from "../rossmann/shape.ts";
import type { BatchNormWeights, LinearWeights, Weights } from "../rossmann/weights.ts";

type BatchNormParams = { weight: np.Array; bias: np.Array };
type LinearParams = { weight: np.Array; bias: np.Array };

/** What is learned. Types, not interfaces: jax-js asks for that. */
export type Params = {
  embeddings: np.Array[];
  bnCont: BatchNormParams;
  hidden: { linear: LinearParams; bn: BatchNormParams }[];
  head: LinearParams;
};

type RunningStatistics = { mean: np.Array; variance: np.Array };

/** BatchNorm's running statistics: of the continuous columns, then of the hidden layers. */
export type State = RunningStatistics[];

/** Adam's: moments like the parameters, and the steps so far. */
export type AdamState = { m: np.Array[]; v: np.Array[]; step: np.Array };

export function jaxParams(weights: Weights): { params: Params; state: State } {
  const vector = (values: Float32Array) => np.array(values.slice());
  const linear = ({ weight, bias, fanIn, fanOut }: LinearWeights) => ({
    weight: np.array(weight.slice(), { shape: [fanOut, fanIn] }),
    bias: vector(bias),
  });
  const scale = ({ weight, bias }: BatchNormWeights) => ({ weight: vector(weight), bias: vector(bias) });
  const params = {
    embeddings: CATEGORICAL.map(([, levels, width], i) =>
      np.array(weights.embeddings[i].slice(), { shape: [levels, width] }),
    ),
    bnCont: scale(weights.bnCont),
    hidden: weights.hidden.map(({ linear: layer, bn }) => ({ linear: linear(layer), bn: scale(bn) })),
    head: linear(weights.head),
  };
  const norms = [weights.bnCont, ...weights.hidden.map(({ bn }) => bn)];
  const state = norms.map(({ mean, variance }) => ({ mean: vector(mean), variance: vector(variance) }));
  return { params, state };
}

/** A batch of rows: codes int32 [rows] of each column, continuous [rows, 16]. */
export type Batch = { codes: np.Array[]; continuous: np.Array };

/** The model on running statistics. Consumes its arguments, as every function of jax-js does. */
export function predict(params: Params, state: State, { codes, continuous }: Batch): np.Array {
  const normalize = (x: np.Array, bn: BatchNormParams, { mean, variance }: RunningStatistics) =>
    x
      .sub(mean)
      .div(np.sqrt(variance.add(BATCHNORM.eps)))
      .mul(bn.weight)
      .add(bn.bias);
  const [ofContinuous, ...ofHidden] = state;
  let x = np.concatenate(
    [...embed(params.embeddings, codes), normalize(continuous, params.bnCont, ofContinuous)],
    1,
  );
  params.hidden.forEach(({ linear, bn }, i) => {
    x = normalize(nn.relu(apply(linear, x)), bn, ofHidden[i]);
  });
  return squash(apply(params.head, x));
}

/** The model in training: batch statistics, dropout where `key` is given. @returns the mean squared error; the new state */
export function loss(
  params: Params,
  state: State,
  { codes, continuous }: Batch,
  targets: np.Array,
  key: np.Array | null,
): [np.Array, State] {
  const rows = targets.shape[0];
  const keys = key ? [...random.split(key, 3)] : [];
  const drop = (x: np.Array, p: number, place: number) => {
    if (!key) return x;
    const keep = random.bernoulli(keys[place], 1 - p, x.shape);
    return np.where(keep, x.div(1 - p), 0);
  };
  const newState: State = [];
  const normalize = (x: np.Array, bn: BatchNormParams, { mean, variance }: RunningStatistics) => {
    const batchMean = x.ref.mean(0);
    const centred = x.sub(batchMean.ref);
    const batchVariance = np.square(centred.ref).mean(0);
    const { momentum, eps } = BATCHNORM;
    const move = (old: np.Array, now: np.Array, by: number) => old.mul(1 - momentum).add(now.mul(by));
    newState.push({
      mean: move(mean, batchMean, momentum),
      variance: move(variance, batchVariance.ref, (momentum * rows) / (rows - 1)),
    });
    return centred
      .div(np.sqrt(batchVariance.add(eps)))
      .mul(bn.weight)
      .add(bn.bias);
  };
  const [ofContinuous, ...ofHidden] = state;
  const embedded = drop(np.concatenate(embed(params.embeddings, codes), 1), DROPOUT.embeddings, 0);
  let x = np.concatenate([embedded, normalize(continuous, params.bnCont, ofContinuous)], 1);
  params.hidden.forEach(({ linear, bn }, i) => {
    x = drop(normalize(nn.relu(apply(linear, x)), bn, ofHidden[i]), DROPOUT.layers[i], 1 + i);
  });
  const error = squash(apply(params.head, x)).sub(targets);
  return [np.square(error).mean(), newState];
}

/** Adam on a list of parameters (Kingma & Ba 2015, as PyTorch has it). */
export function adam(params: np.Array[], grads: np.Array[], state: AdamState): [np.Array[], AdamState] {
  const { lr, beta1, beta2, eps } = ADAM;
  const step = state.step.add(1);
  const correct1 = np.power(beta1, step.ref).mul(-1).add(1);
  const correct2 = np.power(beta2, step.ref).mul(-1).add(1);
  const m: np.Array[] = [];
  const v: np.Array[] = [];
  const updated = params.map((param, i) => {
    m.push(state.m[i].mul(beta1).add(grads[i].ref.mul(1 - beta1)));
    v.push(state.v[i].mul(beta2).add(np.square(grads[i]).mul(1 - beta2)));
    const deviation = np.sqrt(v[i].ref.div(correct2.ref)).add(eps);
    return param.sub(m[i].ref.div(correct1.ref).div(deviation).mul(lr));
  });
  correct1.dispose();
  correct2.dispose();
  return [updated, { m, v, step }];
}

function embed(embeddings: np.Array[], codes: np.Array[]): np.Array[] {
  return embeddings.map((embedding, i) => embedding.slice(codes[i]));
}

function apply({ weight, bias }: LinearParams, x: np.Array): np.Array {
  return np.matmul(x, weight.transpose()).add(bias);
}

function squash(x: np.Array): np.Array {
  const [low, high] = Y_RANGE;
  return nn
    .sigmoid(x)
    .mul(high - low)
    .add(low);
}
