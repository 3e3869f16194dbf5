import { TabularData, tabularLearner, warmUp } from "../../src/index.ts";
import { fetchRows } from "../rossmann/rows.ts";
import { ADAM } from "../rossmann/shape.ts";
import { DATA_OPTIONS, MODEL_OPTIONS, tableOf } from "../rossmann/tabgpu.ts";
import { address, finish } from "./finish.ts";

/** Opens the device and compiles while rows are fetched, as the README teaches; the peers open theirs meanwhile, too. */
const device = warmUp({ layers: MODEL_OPTIONS.layers, bs: 64 });
/** All levels of all columns; of its rows 64 are trained on. */
const data = TabularData.from(tableOf(await fetchRows(address("few_rows.bin"))), DATA_OPTIONS);
const batch: TabularData = Object.create(data, { trainRows: { value: data.trainRows.subarray(0, 64) } });
const learner = await tabularLearner(batch, { ...MODEL_OPTIONS, device: await device });
let loss = Number.NaN;
const onStepEnd = (row: { loss: number }) => {
  loss = row.loss;
};
await learner.fit(1, ADAM.lr, { callbacks: [{ onStepEnd }] });
finish(loss);
