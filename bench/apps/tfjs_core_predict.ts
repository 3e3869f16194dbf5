/** As small as TensorFlow.js gets: no layers, the model written out in its operations. */
import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import { BATCHNORM, CATEGORICAL, Y_RANGE } from "../rossmann/shape.ts";
import { type BatchNormWeights, fetchWeights, type LinearWeights } from "../rossmann/weights.ts";
import { address, finish } from "./finish.ts";
import { CODES, NUMBERS } from "./row.ts";

const linear = (x: tf.Tensor2D, { weight, bias, fanIn, fanOut }: LinearWeights) =>
  tf.add(tf.matMul(x, tf.tensor2d(weight, [fanOut, fanIn]), false, true), tf.tensor1d(bias)) as tf.Tensor2D;
const normalize = (x: tf.Tensor2D, { weight, bias, mean, variance }: BatchNormWeights) => {
  const [m, v, b, w] = [mean, variance, bias, weight].map((values) => tf.tensor1d(values));
  return tf.batchNorm2d(x, m, v, b, w, BATCHNORM.eps);
};

const [weights] = await Promise.all([fetchWeights(address("trained.bin")), tf.setBackend("webgpu")]);
const embedded = CATEGORICAL.map(
  ([, levels, width], i) =>
    tf.gather(tf.tensor2d(weights.embeddings[i], [levels, width]), CODES.subarray(i, i + 1)) as tf.Tensor2D,
);
const numbers = normalize(tf.tensor2d(NUMBERS, [1, NUMBERS.length]), weights.bnCont);
let x = tf.concat2d([...embedded, numbers], 1);
for (const block of weights.hidden) x = normalize(tf.relu(linear(x, block.linear)), block.bn);
const [low, high] = Y_RANGE;
const prediction = tf.add(tf.mul(tf.sigmoid(linear(x, weights.head)), high - low), low);
finish((await prediction.data())[0]);
