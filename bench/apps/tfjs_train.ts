import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import { inputTensors } from "../page/tfjs_inputs.ts";
import { tfjsModel } from "../page/tfjs_model.ts";
import { columnsOf, fetchRows, firstRows } from "../rossmann/rows.ts";
import { ADAM } from "../rossmann/shape.ts";
import { fetchWeights } from "../rossmann/weights.ts";
import { address, finish } from "./finish.ts";

const [weights, rows] = await Promise.all([
  fetchWeights(address("start.bin")),
  fetchRows(address("few_rows.bin")),
  tf.setBackend("webgpu"),
]);
const model = tfjsModel(weights, true);
model.compile({
  optimizer: tf.train.adam(ADAM.lr, ADAM.beta1, ADAM.beta2, ADAM.eps),
  loss: "meanSquaredError",
});
const batch = firstRows(rows, 64);
const loss = await model.trainOnBatch(
  inputTensors(batch, columnsOf(batch)),
  tf.tensor2d(batch.targets, [64, 1]),
);
finish(loss as number);
