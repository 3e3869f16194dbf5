import { readFileSync } from "node:fs";
import { Workbench } from "../../demo/worker/workbench.ts";
import {
  loadModel,
  readCsv,
  type Table,
  TabularData,
  type TabularDataOptions,
  tabularLearner,
} from "../../src/index.ts";
import { inputs, smallTable } from "../support/small_table.ts";
import { testFile } from "./studio_page.ts";

/** A bench whose current model has learned a little, on the CPU: of the small table, whose targets are y, big, many. */
export async function benchWith(target: "y" | "big" | string[], options: Partial<TabularDataOptions> = {}) {
  return trainedBench(smallTable(), { ...inputs, target, logTarget: target === "y", ...options });
}

/** A bench whose current model has learned which penguin it is. */
export async function penguinBench(): Promise<Workbench> {
  const table = await readCsv(readFileSync(testFile("penguins.csv"), "utf8"));
  return trainedBench(table, {
    categorical: ["island", "sex"],
    continuous: ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"],
    target: "species",
    valid: { fraction: 0.3 },
    lenient: true,
  });
}

export async function trainedBench(table: Table, options: TabularDataOptions): Promise<Workbench> {
  const data = TabularData.from(table, options);
  const learner = await tabularLearner(data, { backend: "cpu", layers: [16], bs: 64, seed: 1 });
  await learner.fitOneCycle(5, 0.02);
  const bytes = await learner.save();
  learner.dispose();
  const bench = new Workbench();
  bench.table = { name: "table.csv", table, sample: null };
  bench.prepared = { table, data, version: 1 };
  bench.current = { model: await loadModel(bytes, { backend: "cpu" }), bytes, trainedOn: { table, data } };
  return bench;
}
