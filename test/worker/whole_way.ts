import { type EpochRow, loadModel, readCsv, rmse, TabularData, tabularLearner } from "../../src/index.ts";
import { inputs } from "../support/small_table.ts";

export interface Options {
  readonly seed?: number;
  /** Without one, the library opens a device of its own. */
  readonly device?: GPUDevice;
  readonly epochs?: number;
  readonly signal?: AbortSignal;
  readonly onEpoch?: (row: EpochRow) => void;
}

/** Rows as a form would send them: with a gap, and a town that the training never saw. */
const ROWS = [
  { town: "Bonn", weekday: 3, warm: 11.5 },
  { town: "Celle", weekday: 7, warm: null },
  { town: "Erfurt", weekday: 1, warm: 2 },
];

/** From a CSV file to predictions, by way of a model file; everything it finds, as plain data. */
export async function wholeWay(file: Blob, { seed = 5, device, epochs = 3, signal, onEpoch }: Options = {}) {
  const table = await readCsv(file);
  const data = TabularData.from(table, { ...inputs, target: "y", logTarget: true });
  const options = { layers: [16, 8], ps: 0.1, embDrop: 0.05, bs: 50, metrics: [rmse], seed, device };
  const learner = await tabularLearner(data, options);
  try {
    const { lrs, losses, valley } = await learner.lrFind({ numIt: 20, signal });
    const stepLosses: number[] = [];
    const phases = new Set<string>();
    await learner.fitOneCycle(epochs, 0.02, {
      signal,
      onEpoch,
      onProgress: ({ phase }) => void phases.add(phase),
      callbacks: [{ onStepEnd: ({ loss }) => void stepLosses.push(loss) }],
    });
    const validation = await learner.validate({ signal });
    const bytes = await learner.save();
    const model = await loadModel(bytes, { backend: "webgpu", device });
    const found = {
      backends: [learner.backend, model.backend],
      rows: table.rows,
      lrFind: { lrs, losses, valley },
      stepLosses,
      phases: [...phases],
      epochs: learner.history.map(({ epoch, trainLoss, validLoss, metrics }) => {
        return { epoch, trainLoss, validLoss, metrics };
      }),
      validation,
      bytes,
      predictions: await model.predict(ROWS),
    };
    model.dispose();
    return found;
  } finally {
    learner.dispose();
  }
}

export type Found = Awaited<ReturnType<typeof wholeWay>>;

/** Predictions of the same rows with a model from a file. */
export async function predictions(bytes: Uint8Array, device?: GPUDevice) {
  const model = await loadModel(bytes, { backend: "webgpu", device });
  const found = await model.predict(ROWS);
  model.dispose();
  return found;
}
