import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import { tfjsModel } from "../page/tfjs_model.ts";
import { fetchWeights } from "../rossmann/weights.ts";
import { address, finish } from "./finish.ts";
import { CODES, NUMBERS } from "./row.ts";

const [weights] = await Promise.all([fetchWeights(address("trained.bin")), tf.setBackend("webgpu")]);
const model = tfjsModel(weights, false);
const codes = Array.from(CODES, (code) => tf.tensor2d([code], [1, 1], "int32"));
const prediction = model.predict([...codes, tf.tensor2d(NUMBERS, [1, NUMBERS.length])]) as tf.Tensor;
finish((await prediction.data())[0]);
