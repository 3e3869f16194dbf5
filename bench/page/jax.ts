/** jax-js: the whole step, forward, backward and Adam, in one jit. */
import { defaultDevice, init, jit, numpy as np, random, tree } from "@jax-js/jax";
import { columnsOf, firstRows, takeRows } from "../rossmann/rows.ts";
import { fetchWeights } from "../rossmann/weights.ts";
import type { Contender, Inference, InferenceWork, Setting, Training, TrainingWork } from "./contender.ts";
import { jaxParams, predict } from "./jax_model.ts";
import { jaxBatch, jaxTraining } from "./jax_training.ts";
import { firstOrder } from "./order.ts";
import { session } from "./session.ts";

async function contender({ backend, url, rows }: Setting): Promise<Contender> {
  if (backend !== "webgpu" && backend !== "wasm") throw new Error(`jax-js is not run on "${backend}".`);
  const devices = await init(backend);
  if (!devices.includes(backend)) throw new Error(`jax-js has no backend "${backend}" here.`);
  defaultDevice(backend);

  async function train({ bs, steps, dropout }: TrainingWork): Promise<Training> {
    const { begin, step } = jaxTraining(await fetchWeights(url("start.bin")), dropout);
    const order = firstOrder(bs * steps);
    const batches = Array.from({ length: steps }, (_, i) => {
      const batch = takeRows(rows, order.subarray(i * bs, (i + 1) * bs));
      return { batch: jaxBatch(batch), targets: np.array(batch.targets, { shape: [bs, 1] }) };
    });
    let now = begin;
    let number = 0;
    return {
      run: async (losses) => {
        const seen: number[] = [];
        for (const [i, { batch, targets }] of batches.entries()) {
          const { value, next } = step(now, tree.ref(batch), targets.ref, random.key(++number));
          now = next;
          if (losses === "every" || i === batches.length - 1) seen.push(await value.jsAsync());
          else value.dispose();
        }
        return seen;
      },
      dispose: () => {
        tree.dispose([now, ...batches]);
        step.dispose();
      },
    };
  }

  async function infer(work: InferenceWork): Promise<Inference> {
    const { params, state } = jaxParams(await fetchWeights(url("trained.bin")));
    const some = firstRows(rows, work.rows);
    const codes = columnsOf(some); // not counted as work
    const forward = jit(predict);
    return {
      run: async () => {
        const result = forward(tree.ref(params), tree.ref(state), jaxBatch(some, codes));
        return (await result.data()) as Float32Array;
      },
      dispose: () => {
        tree.dispose([params, state]);
        forward.dispose();
      },
    };
  }

  return { about: { backend }, train, infer };
}

export const { start, open, time, outputs, calls, close } = session(contender);
