/** jax-js: the whole step, forward, backward and Adam, in one jit. */
import { defaultDevice, init, jit, numpy as np, random, tree, valueAndGrad } from "@jax-js/jax";
import { firstRows, type Rows, takeRows } from "../rossmann/rows.ts";
import { CATEGORICAL, CONTINUOUS } from "../rossmann/shape.ts";
import { fetchWeights } from "../rossmann/weights.ts";
import type { Contender, Inference, InferenceWork, Setting, Training, TrainingWork } from "./contender.ts";
import {
  type AdamState,
  adam,
  type Batch,
  jaxParams,
  loss,
  type Params,
  predict,
  type State,
} from "./jax_model.ts";
import { firstOrder } from "./order.ts";
import { session } from "./session.ts";

async function contender({ backend, url, rows }: Setting): Promise<Contender> {
  if (backend !== "webgpu" && backend !== "wasm") throw new Error(`jax-js is not run on "${backend}".`);
  const devices = await init(backend);
  if (!devices.includes(backend)) throw new Error(`jax-js has no backend "${backend}" here.`);
  defaultDevice(backend);

  async function train({ bs, steps, dropout }: TrainingWork): Promise<Training> {
    let { params, state } = jaxParams(await fetchWeights(url("start.bin")));
    const [leaves, structure] = tree.flatten(params);
    const moments = () => leaves.map(({ shape }) => np.zeros(shape));
    let adamState: AdamState = { m: moments(), v: moments(), step: np.array(0) };
    const order = firstOrder(bs * steps);
    const batches = Array.from({ length: steps }, (_, i) => {
      const batch = takeRows(rows, order.subarray(i * bs, (i + 1) * bs));
      return {
        batch: batchOf(batch, columnMajor(batch)),
        targets: np.array(batch.targets, { shape: [bs, 1] }),
      };
    });
    const step = jit((p: Params, s: State, a: AdamState, batch: Batch, targets: np.Array, key: np.Array) => {
      if (!dropout) key.dispose();
      const lossOf = (q: Params) => loss(q, s, batch, targets, dropout ? key : null);
      const [[value, newState], grads] = valueAndGrad(lossOf, { hasAux: true })(tree.ref(p));
      const [updated, newAdam] = adam(tree.leaves(p), tree.leaves(grads as Params), a);
      return {
        value,
        params: tree.unflatten(structure, updated) as Params,
        state: newState,
        adamState: newAdam,
      };
    });
    let number = 0;
    return {
      run: async (losses) => {
        const seen: number[] = [];
        for (const [i, { batch, targets }] of batches.entries()) {
          const result = step(params, state, adamState, tree.ref(batch), targets.ref, random.key(++number));
          ({ params, state, adamState } = result);
          if (losses === "every" || i === batches.length - 1) seen.push(await result.value.jsAsync());
          else result.value.dispose();
        }
        return seen;
      },
      dispose: () => {
        tree.dispose([params, state, adamState, ...batches]);
        step.dispose();
      },
    };
  }

  async function infer(work: InferenceWork): Promise<Inference> {
    const { params, state } = jaxParams(await fetchWeights(url("trained.bin")));
    const some = firstRows(rows, work.rows);
    const codes = columnMajor(some);
    const forward = jit(predict);
    return {
      run: async () => {
        const result = forward(tree.ref(params), tree.ref(state), batchOf(some, codes));
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

/** Codes as jax-js gathers by them: int32 [24, rows]; not counted as work. */
function columnMajor({ count, codes }: Rows): Int32Array<ArrayBuffer> {
  const columns = new Int32Array(codes.length);
  for (let row = 0; row < count; row++)
    for (let i = 0; i < CATEGORICAL.length; i++)
      columns[i * count + row] = codes[row * CATEGORICAL.length + i];
  return columns;
}

function batchOf({ count, continuous }: Rows, codes: Int32Array<ArrayBuffer>): Batch {
  return {
    codes: np.array(codes, { shape: [CATEGORICAL.length, count], dtype: np.int32 }),
    continuous: np.array(continuous, { shape: [count, CONTINUOUS.length] }),
  };
}

export const { start, open, time, outputs, close } = session(contender);
