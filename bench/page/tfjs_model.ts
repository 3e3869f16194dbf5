import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { BATCHNORM, CATEGORICAL, CONTINUOUS, DROPOUT, Y_RANGE } from "../rossmann/shape.ts";
import type { BatchNormWeights, LinearWeights, Weights } from "../rossmann/weights.ts";

/** The model in Keras' words. Inputs: 24 columns of codes [rows, 1], then the continuous columns [rows, 16]. */
export function tfjsModel(weights: Weights, dropout: boolean): tfl.LayersModel {
  const drop = (x: tfl.SymbolicTensor, rate: number) =>
    dropout ? (tfl.layers.dropout({ rate }).apply(x) as tfl.SymbolicTensor) : x;
  const codes = CATEGORICAL.map(() => tfl.input({ shape: [1], dtype: "int32" }));
  const numbers = tfl.input({ shape: [CONTINUOUS.length] });
  const embedded = CATEGORICAL.map(([, inputDim, outputDim], i) => {
    const embedding = tfl.layers.embedding({
      inputDim,
      outputDim,
      weights: [tf.tensor2d(weights.embeddings[i], [inputDim, outputDim])],
    });
    return tfl.layers.flatten().apply(embedding.apply(codes[i])) as tfl.SymbolicTensor;
  });
  const categories = tfl.layers.concatenate().apply(embedded) as tfl.SymbolicTensor;
  const continuous = batchNorm(weights.bnCont).apply(numbers) as tfl.SymbolicTensor;
  let x = tfl.layers
    .concatenate()
    .apply([drop(categories, DROPOUT.embeddings), continuous]) as tfl.SymbolicTensor;
  weights.hidden.forEach(({ linear, bn }, i) => {
    x = dense(linear, "relu").apply(x) as tfl.SymbolicTensor;
    x = drop(batchNorm(bn).apply(x) as tfl.SymbolicTensor, DROPOUT.layers[i]);
  });
  x = dense(weights.head, "sigmoid").apply(x) as tfl.SymbolicTensor;
  return tfl.model({ inputs: [...codes, numbers], outputs: new YRange().apply(x) as tfl.SymbolicTensor });
}

function dense({ fanIn, fanOut, weight, bias }: LinearWeights, activation: "relu" | "sigmoid") {
  const kernel = tf.tidy(() => tf.transpose(tf.tensor2d(weight, [fanOut, fanIn])));
  return tfl.layers.dense({ units: fanOut, activation, weights: [kernel, tf.tensor1d(bias)] });
}

function batchNorm({ weight, bias, mean, variance }: BatchNormWeights) {
  const weights = [weight, bias, mean, variance].map((values) => tf.tensor1d(values));
  return tfl.layers.batchNormalization({
    epsilon: BATCHNORM.eps,
    momentum: 1 - BATCHNORM.momentum,
    weights,
  });
}

/** From (0, 1) to the model's range. */
class YRange extends tfl.layers.Layer {
  static className = "YRange";
  override computeOutputShape(shape: tfl.Shape | tfl.Shape[]) {
    return shape;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [low, high] = Y_RANGE;
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return tf.tidy(() => tf.add(tf.mul(x, high - low), low));
  }
}
