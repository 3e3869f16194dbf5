/** TensorFlow.js with its layers API: a functional model, compiled with Adam, trained by trainOnBatch. */
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import { columnsOf, firstRows, takeRows } from "../rossmann/rows.ts";
import { ADAM } from "../rossmann/shape.ts";
import { fetchWeights } from "../rossmann/weights.ts";
import type { Contender, Inference, InferenceWork, Setting, Training, TrainingWork } from "./contender.ts";
import { firstOrder } from "./order.ts";
import { session } from "./session.ts";
import { inputTensors } from "./tfjs_inputs.ts";
import { tfjsModel } from "./tfjs_model.ts";

async function contender({ backend, url, rows }: Setting): Promise<Contender> {
  setWasmPaths(url("tfjs/").href);
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend "${backend}" here.`);
  await tf.ready();
  const about = { "tfjs-core": tf.version_core, backend: tf.getBackend() };

  async function train({ bs, steps, dropout }: TrainingWork): Promise<Training> {
    const model = tfjsModel(await fetchWeights(url("start.bin")), dropout);
    const { lr, beta1, beta2, eps } = ADAM;
    model.compile({ optimizer: tf.train.adam(lr, beta1, beta2, eps), loss: "meanSquaredError" });
    const order = firstOrder(bs * steps);
    const batches = Array.from({ length: steps }, (_, i) => {
      const batch = takeRows(rows, order.subarray(i * bs, (i + 1) * bs));
      return { x: inputTensors(batch, columnsOf(batch)), y: tf.tensor2d(batch.targets, [bs, 1]) };
    });
    return {
      run: async (losses) => {
        const seen: number[] = [];
        for (const { x, y } of batches) seen.push((await model.trainOnBatch(x, y)) as number);
        return losses === "every" ? seen : seen.slice(-1);
      },
      dispose: () => {
        for (const { x, y } of batches) tf.dispose([...x, y]);
        model.dispose();
      },
    };
  }

  async function infer(work: InferenceWork): Promise<Inference> {
    const model = tfjsModel(await fetchWeights(url("trained.bin")), false);
    const some = firstRows(rows, work.rows);
    const columns = columnsOf(some); // not counted as work
    return {
      run: async () => {
        const result = tf.tidy(() => model.predict(inputTensors(some, columns), { batchSize: some.count }));
        const values = await (result as tf.Tensor).data();
        tf.dispose(result);
        return values as Float32Array;
      },
      dispose: () => model.dispose(),
    };
  }

  return { about, train, infer };
}

export const { start, open, time, outputs, calls, close } = session(contender);
