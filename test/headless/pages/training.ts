import type { PageContext } from "../../../src/headless/index.ts";
import { type LearnerOptions, loadModel, rmse, TabularData, tabularLearner } from "../../../src/index.ts";
import { inputs, smallTable } from "../../support/small_table.ts";

export { loadModel };

/** Rows to predict, as a client would send them: a gap and a category that training never saw among them. */
const ROWS = [
  ...smallTable()
    .take(Uint32Array.from({ length: 300 }, (_, i) => i))
    .toRecords(),
  { town: "Bonn", weekday: 3, warm: null },
  { town: "Erfurt", weekday: 6, warm: 12 },
];

const data = () => TabularData.from(smallTable(), { ...inputs, target: "y", logTarget: true });

async function predictions(bytes: Uint8Array, gpu: GPU | undefined): Promise<number[]> {
  const model = await loadModel(bytes, { backend: "webgpu", gpu });
  const found = await model.predict(ROWS);
  model.dispose();
  return found.map(({ prediction }) => Number(prediction));
}

/** Trains a small model, dropout and all, and predicts with the file that it becomes. */
export async function train(_: null, { gpu }: Pick<PageContext, "gpu">) {
  const options: LearnerOptions = { layers: [32, 16], ps: 0.1, embDrop: 0.05, bs: 50, metrics: [rmse], gpu };
  const learner = await tabularLearner(data(), options);
  const losses: number[] = [];
  const callbacks = [{ onStepEnd: ({ loss }: { loss: number }) => void losses.push(loss) }];
  await learner.fitOneCycle(5, 0.02, { callbacks });
  const { loss, metrics } = await learner.validate();
  const bytes = await learner.save();
  learner.dispose();
  return { losses, validLoss: loss, metrics, bytes, predictions: await predictions(bytes, gpu) };
}

/** Predicts the same rows with a model from a file. */
export async function predict(bytes: Uint8Array, { gpu }: Pick<PageContext, "gpu">) {
  return predictions(bytes, gpu);
}
