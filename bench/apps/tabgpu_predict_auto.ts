import { loadModel } from "../../src/index.ts";
import { address, finish } from "./finish.ts";
import { ROW } from "./row.ts";

const response = await fetch(address("model.safetensors"));
const model = await loadModel(await response.arrayBuffer());
const [{ prediction }] = await model.predict([ROW]);
finish(prediction as number);
