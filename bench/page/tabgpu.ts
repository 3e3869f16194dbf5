/** TabGPU as its users write it. */

import { cpuInferenceEngine } from "../../src/cpu/cpu_inference.ts";
import {
  adapterLine,
  type InferenceEngine,
  loadModel,
  TabularData,
  tabularLearner,
  VERSION,
} from "../../src/index.ts";
import { loadModelFile } from "../../src/io/model_file.ts";
import { gpuInferenceEngine } from "../../src/model/gpu_inference.ts";
import type { Profile } from "../../src/scheduler/profile.ts";
import { fetchRows, firstRows, type Rows } from "../rossmann/rows.ts";
import { ADAM, NO_DROPOUT } from "../rossmann/shape.ts";
import { DATA_OPTIONS, MODEL_OPTIONS, tableOf } from "../rossmann/tabgpu.ts";
import type { Contender, Inference, InferenceWork, Setting, Training, TrainingWork } from "./contender.ts";
import { session } from "./session.ts";

/** `learner.profile()` at a batch size, as text and as data. */
export async function profile({
  bs,
  base,
}: {
  bs: number;
  base: string;
}): Promise<{ text: string; data: Profile }> {
  const rows = await fetchRows(new URL("rows.bin", base));
  const learner = await tabularLearner(trainingData(rows, bs * PROFILED_STEPS), { ...MODEL_OPTIONS, bs });
  const profile = await learner.profile({ steps: PROFILED_STEPS });
  learner.dispose();
  return { text: String(profile), data: JSON.parse(JSON.stringify(profile)) };
}

const PROFILED_STEPS = 4;

/** What a whole fit costs, in seconds: from typed arrays to a learner, and the fit. */
export interface WholeFit {
  readonly prepare: number;
  readonly fit: number;
  readonly trainLoss: number;
}

/** fastai's published fit of Rossmann, `fit_one_cycle(5, 1e-3, wd=0.2)` at 64 rows, on as many synthetic rows. */
export async function wholeFit(work: { rows: number; epochs: number; base: string }): Promise<WholeFit> {
  const rows = await fetchRows(new URL("rows.bin", work.base));
  const start = performance.now();
  const learner = await tabularLearner(trainingData(rows, work.rows), MODEL_OPTIONS);
  const ready = performance.now();
  await learner.fitOneCycle(work.epochs, 1e-3, { wd: 0.2 });
  const end = performance.now();
  const { trainLoss } = learner.history.at(-1)!;
  learner.dispose();
  return { prepare: (ready - start) / 1000, fit: (end - ready) / 1000, trainLoss };
}

const BACKENDS = ["webgpu", "cpu", "auto"] as const;

/** Rows that hold every level of every column. */
const ALL_LEVELS = 2048;

/** The first `count` rows to train on, of a table that holds all levels. */
function trainingData(rows: Rows, count: number): TabularData {
  const all = TabularData.from(tableOf(firstRows(rows, Math.max(count, ALL_LEVELS))), DATA_OPTIONS);
  return Object.create(all, { trainRows: { value: all.trainRows.subarray(0, count) } });
}

async function contender({ backend: named, url, rows, gpu }: Setting): Promise<Contender> {
  const backend = BACKENDS.find((name) => name === named);
  if (backend === undefined) throw new Error(`TabGPU has no backend "${named}".`);
  const bytes = await (await fetch(url("model.safetensors"))).arrayBuffer();
  const about: Record<string, string> = { tabgpu: VERSION };

  async function train({ bs, steps, dropout }: TrainingWork): Promise<Training> {
    const data = trainingData(rows, bs * steps);
    const plain = { ps: NO_DROPOUT.layers, embDrop: NO_DROPOUT.embeddings };
    const options = { ...MODEL_OPTIONS, ...(dropout ? {} : plain), bs, gpu, backend };
    const learner = await tabularLearner(data, options);
    about.adapter = adapterLine(learner.adapter);
    return {
      run: async (losses) => {
        const seen: number[] = [];
        const onStepEnd = ({ loss }: { loss: number }) => void seen.push(loss);
        await learner.fit(1, ADAM.lr, { wd: 0, callbacks: [{ onStepEnd }] });
        return losses === "every" ? seen : seen.slice(-1);
      },
      dispose: () => learner.dispose(),
    };
  }

  async function infer(work: InferenceWork): Promise<Inference> {
    const some = firstRows(rows, work.rows);
    if (work.table) {
      const model = await loadModel(bytes, { backend, gpu });
      const table = tableOf(some);
      return {
        run: async () => (await model.predictTable(table)).raw,
        dispose: () => model.dispose(),
      };
    }
    const { config, tensors } = loadModelFile(bytes);
    const engine: InferenceEngine =
      backend === "cpu"
        ? cpuInferenceEngine(config, tensors)
        : await gpuInferenceEngine(config, tensors, { gpu });
    const encoded = { ...some, rows: some.count, targets: null };
    return { run: () => engine.forward(encoded), dispose: () => engine.dispose() };
  }

  return { about, train, infer };
}

export const { start, open, time, outputs, calls, close } = session(contender);
