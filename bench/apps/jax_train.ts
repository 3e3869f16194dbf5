import { defaultDevice, init, numpy as np, random } from "@jax-js/jax";
import { jaxBatch, jaxTraining } from "../page/jax_training.ts";
import { fetchRows, firstRows } from "../rossmann/rows.ts";
import { fetchWeights } from "../rossmann/weights.ts";
import { address, finish } from "./finish.ts";

const [weights, rows] = await Promise.all([
  fetchWeights(address("start.bin")),
  fetchRows(address("few_rows.bin")),
  init("webgpu"),
]);
defaultDevice("webgpu");
const { step, begin } = jaxTraining(weights, true);
const batch = firstRows(rows, 64);
const targets = np.array(batch.targets, { shape: [64, 1] });
const { value } = step(begin, jaxBatch(batch), targets, random.key(1));
finish(await value.jsAsync());
