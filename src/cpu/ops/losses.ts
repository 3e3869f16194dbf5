/** Losses and their gradients with respect to the logits, the last Linear's output before any y_range. */

export interface LossAndGradient {
  loss: number;
  /** Same shape as the logits. */
  dLogits: Float64Array;
}

/** low + (high − low) · sigmoid(x), fastai's SigmoidRange; x itself without a range. */
export function yRangeForward(x: Float64Array, yRange: readonly [number, number] | null): Float64Array {
  if (!yRange) return x.slice();
  const [low, high] = yRange;
  return x.map((value) => low + (high - low) / (1 + Math.exp(-value)));
}

/** The slope is (high − low) · σ · (1 − σ). */
export function yRangeBackward(
  dY: Float64Array,
  x: Float64Array,
  yRange: readonly [number, number] | null,
): Float64Array {
  if (!yRange) return dY.slice();
  const [low, high] = yRange;
  return dY.map((gradient, i) => {
    const sigmoid = 1 / (1 + Math.exp(-x[i]));
    return gradient * (high - low) * sigmoid * (1 - sigmoid);
  });
}

/** Mean over all elements of (y_range(logits) − target)². */
export function mse(
  logits: Float64Array,
  targets: ArrayLike<number>,
  yRange: readonly [number, number] | null = null,
): LossAndGradient {
  const outputs = yRangeForward(logits, yRange);
  const dOutputs = new Float64Array(logits.length);
  let loss = 0;
  for (let i = 0; i < logits.length; i++) {
    const error = outputs[i] - targets[i];
    loss += error ** 2 / logits.length;
    dOutputs[i] = (2 * error) / logits.length;
  }
  return { loss, dLogits: yRangeBackward(dOutputs, logits, yRange) };
}

/**
 * Mean over rows of −ln softmax(logits)[class]: logits [batch, nClasses], classes [batch]. With class weights
 * [nClasses] a weighted mean, each row by the weight of its class.
 */
export function crossEntropy(
  logits: Float64Array,
  classes: ArrayLike<number>,
  batch: number,
  nClasses: number,
  weight: ArrayLike<number> | null = null,
): LossAndGradient {
  const dLogits = new Float64Array(batch * nClasses);
  let total = 0;
  for (let b = 0; b < batch; b++) total += weight ? weight[classes[b]] : 1;
  let loss = 0;
  for (let b = 0; b < batch; b++) {
    const share = (weight ? weight[classes[b]] : 1) / total;
    const row = logits.subarray(b * nClasses, (b + 1) * nClasses);
    const largest = Math.max(...row);
    let sum = 0;
    for (let c = 0; c < nClasses; c++) sum += Math.exp(row[c] - largest);
    loss += share * (largest + Math.log(sum) - row[classes[b]]);
    for (let c = 0; c < nClasses; c++) {
      const softmax = Math.exp(row[c] - largest) / sum;
      dLogits[b * nClasses + c] = share * (softmax - (c === classes[b] ? 1 : 0));
    }
  }
  return { loss, dLogits };
}

/** Mean over all elements of max(x, 0) − x·t + ln(1 + e^−|x|), targets 0 or 1. */
export function bceWithLogits(logits: Float64Array, targets: ArrayLike<number>): LossAndGradient {
  const dLogits = new Float64Array(logits.length);
  let loss = 0;
  for (let i = 0; i < logits.length; i++) {
    const x = logits[i];
    loss += (Math.max(x, 0) - x * targets[i] + Math.log1p(Math.exp(-Math.abs(x)))) / logits.length;
    dLogits[i] = (1 / (1 + Math.exp(-x)) - targets[i]) / logits.length;
  }
  return { loss, dLogits };
}
