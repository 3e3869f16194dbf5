import { jit, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { columnsOf, type Rows } from "../rossmann/rows.ts";
import { CONTINUOUS } from "../rossmann/shape.ts";
import type { Weights } from "../rossmann/weights.ts";
import { type AdamState, adam, type Batch, jaxParams, loss, type Params, type State } from "./jax_model.ts";

/** Everything a step changes. */
export type TrainState = { params: Params; state: State; adamState: AdamState };

/** One training step, all of it in one jit, and what the first one starts from. */
export function jaxTraining(weights: Weights, dropout: boolean) {
  const { params, state } = jaxParams(weights);
  const [leaves, structure] = tree.flatten(params);
  const moments = () => leaves.map(({ shape }) => np.zeros(shape));
  const begin: TrainState = { params, state, adamState: { m: moments(), v: moments(), step: np.array(0) } };
  const step = jit(
    ({ params, state, adamState }: TrainState, batch: Batch, targets: np.Array, key: np.Array) => {
      if (!dropout) key.dispose();
      const lossOf = (q: Params) => loss(q, state, batch, targets, dropout ? key : null);
      const [[value, newState], grads] = valueAndGrad(lossOf, { hasAux: true })(tree.ref(params));
      const [updated, newAdam] = adam(tree.leaves(params), tree.leaves(grads as Params), adamState);
      const next: TrainState = {
        params: tree.unflatten(structure, updated) as Params,
        state: newState,
        adamState: newAdam,
      };
      return { value, next };
    },
  );
  return { begin, step };
}

/** A batch on the device. */
export function jaxBatch(rows: Rows, codes = columnsOf(rows)): Batch {
  return {
    codes: codes.map((column) => np.array(column, { dtype: np.int32 })),
    continuous: np.array(rows.continuous, { shape: [rows.count, CONTINUOUS.length] }),
  };
}
