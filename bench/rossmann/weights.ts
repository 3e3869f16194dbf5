import { CATEGORICAL, CONTINUOUS, INPUTS, LAYERS } from "./shape.ts";

export interface BatchNormWeights {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

export interface LinearWeights {
  readonly fanIn: number;
  readonly fanOut: number;
  /** [fanOut, fanIn], as PyTorch has it. */
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** The model's tensors by place, for peers that do not go by PyTorch's names. */
export interface Weights {
  readonly embeddings: readonly Float32Array[];
  readonly bnCont: BatchNormWeights;
  readonly hidden: readonly { readonly linear: LinearWeights; readonly bn: BatchNormWeights }[];
  readonly head: LinearWeights;
}

/** Takes the model's tensors apart from one array that holds them in the order of PyTorch's state_dict, counters left out. */
export function unpackWeights(all: Float32Array): Weights {
  let at = 0;
  const take = (length: number) => {
    at += length;
    return all.subarray(at - length, at);
  };
  const batchNorm = (n: number): BatchNormWeights => ({
    weight: take(n),
    bias: take(n),
    mean: take(n),
    variance: take(n),
  });
  const linear = (fanIn: number, fanOut: number): LinearWeights => ({
    fanIn,
    fanOut,
    weight: take(fanOut * fanIn),
    bias: take(fanOut),
  });
  const embeddings = CATEGORICAL.map(([, levels, width]) => take(levels * width));
  const bnCont = batchNorm(CONTINUOUS.length);
  let fanIn = INPUTS;
  const hidden = LAYERS.map((fanOut) => {
    const block = { linear: linear(fanIn, fanOut), bn: batchNorm(fanOut) };
    fanIn = fanOut;
    return block;
  });
  const head = linear(fanIn, 1);
  if (at !== all.length) throw new Error(`The weights have ${all.length} values; the model has ${at}.`);
  return { embeddings, bnCont, hidden, head };
}

export async function fetchWeights(url: URL): Promise<Weights> {
  return unpackWeights(new Float32Array(await (await fetch(url)).arrayBuffer()));
}
