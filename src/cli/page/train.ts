import type { PageContext } from "../../headless/page_protocol.ts";
import { loadModel, type Prediction, type Table, type TabularModel } from "../../index.ts";
import { storeSalesSample } from "../../sample/store_sales.ts";
import { baselineLoss } from "../baseline_loss.ts";
import {
  type Example,
  MODEL_UPLOAD,
  type PageEvent,
  type Shown,
  type TrainResult,
  type TrainSpec,
} from "../page_api.ts";
import { type Made, makeLearner } from "./make_learner.ts";

/** Trains, sends the model's file, and predicts a few rows with the model that was read back from it. */
export async function train(spec: TrainSpec, context: PageContext<PageEvent>): Promise<TrainResult> {
  const made = await makeLearner(spec, context);
  const { learner, parameters } = made;
  const lr = spec.lr ?? learner.recipe.lrDefault;
  await learner.fitOneCycle(spec.epochs, lr, {
    wd: spec.wd,
    signal: context.signal,
    onProgress: (progress) => context.emit({ kind: "progress", progress }),
    onEpoch: (row) => context.emit({ kind: "epoch", row }),
  });
  const epochs = [...learner.history];
  const bytes = await learner.save();
  await context.upload(MODEL_UPLOAD, bytes);
  learner.dispose();
  const model = await loadModel(bytes, { backend: "webgpu", gpu: context.gpu });
  const examples = await predictExamples(model, made);
  model.dispose();
  const baseline = baselineLoss(made.data);
  return { epochs, lr, parameters, baseline, examples, bestPossible: bestPossible(spec, made) };
}

async function predictExamples(model: TabularModel, { examples, exampleRows }: Made): Promise<Example[]> {
  const records = examples.toRecords();
  const predictions = await model.predict(examples);
  return predictions.map((prediction, i) => ({
    row: exampleRows[i],
    inputs: records[i],
    prediction: show(prediction),
    truth: truthOf(model, examples, records[i]),
  }));
}

function show({ prediction }: Prediction): Shown {
  if (typeof prediction === "number") return prediction;
  if (typeof prediction === "boolean" || typeof prediction === "string") return String(prediction);
  return Array.isArray(prediction)
    ? prediction.join(", ") || "none"
    : (prediction as Readonly<Record<string, number>>);
}

function truthOf(model: TabularModel, examples: Table, record: Record<string, unknown>): Shown {
  const { target } = model.preprocessing;
  const values = target.names.map((name) => record[name]);
  if (target.task === "multilabel")
    return target.names.filter((_, i) => Number(values[i]) === 1).join(", ") || "none";
  if (values.length > 1) return Object.fromEntries(target.names.map((name, i) => [name, Number(values[i])]));
  return examples.column(target.names[0]).kind === "number" ? Number(values[0]) : String(values[0]);
}

function bestPossible(spec: TrainSpec, { data }: Made): TrainResult["bestPossible"] {
  if (!("sample" in spec.data)) return null;
  const sample = storeSalesSample(spec.data.sample);
  return { drawn: sample.expRmspeOfTruth(data.validRows), theory: sample.noiseFloor.expRmspe };
}
