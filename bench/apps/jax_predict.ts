import { defaultDevice, init, jit, numpy as np } from "@jax-js/jax";
import { jaxParams, predict } from "../page/jax_model.ts";
import { fetchWeights } from "../rossmann/weights.ts";
import { address, finish } from "./finish.ts";
import { CODES, NUMBERS } from "./row.ts";

const [weights] = await Promise.all([fetchWeights(address("trained.bin")), init("webgpu")]);
defaultDevice("webgpu");
const { params, state } = jaxParams(weights);
const batch = {
  codes: Array.from(CODES, (code) => np.array([code], { dtype: np.int32 })),
  continuous: np.array(NUMBERS, { shape: [1, NUMBERS.length] }),
};
const result = await jit(predict)(params, state, batch).data();
finish(result[0] as number);
