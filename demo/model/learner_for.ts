import {
  accuracy,
  DataError,
  expRmspe,
  f1ScoreOf,
  isSoftware,
  type Learner,
  type Metric,
  mae,
  r2Score,
  rmse,
  rocAucBinary,
  type TabularData,
  tabularLearner,
  targetScaleWarning,
} from "tabgpu";
import type { TrainingSettings } from "../training/types.ts";
import type { Workbench } from "../worker/workbench.ts";
import type { AdapterInfo, ModelInfo, ModelSettings } from "./types.ts";

/** What of the training's settings a learner is made with. */
export type LearnerSettings = Pick<TrainingSettings, "bs" | "seed">;

/** Shaders compiled so far, and all there are. */
export type OnCompile = (done: number, total: number) => void;

/** Why the learner made last runs on the CPU, by learner. */
const reasons = new WeakMap<Learner, string>();

/**
 * A learner that has not learned yet: the one on the bench if it was made for the same, else a new one, which takes its
 * place. To be called within a turn.
 */
export async function freshLearner(
  bench: Workbench,
  settings: ModelSettings,
  { bs, seed }: LearnerSettings,
  onCompile?: OnCompile,
): Promise<Learner> {
  const { data } = bench;
  if (!data) throw new DataError("There is no data to train on yet.");
  const key = JSON.stringify([settings, bs, seed]);
  const before = bench.learner;
  if (before?.fresh && before.key === key && before.learner.data === data) return before.learner;
  bench.learner = null;
  before?.learner.dispose();
  let reason: string | null = null;
  const learner = await tabularLearner(data, {
    layers: settings.layers,
    ps: settings.ps,
    embDrop: settings.embDrop,
    yRange: data.preprocessing.target.task === "regression" ? settings.yRange : null,
    bnCont: settings.bnCont,
    useBn: settings.useBn,
    bs: Math.min(bs, data.trainRows.length),
    seed,
    metrics: metricsFor(data),
    backend: "auto",
    onFallback: (why) => {
      reason = why;
    },
    onProgress: ({ phase, step, steps }) => {
      if (phase === "compile") onCompile?.(step, steps);
    },
  });
  if (reason !== null) reasons.set(learner, reason);
  bench.learner = { learner, key, fresh: true };
  return learner;
}

/** What is told of every epoch, the most telling one first. */
export function metricsFor({ preprocessing, outputs }: TabularData): Metric[] {
  const { target } = preprocessing;
  if (target.task === "regression") return target.log ? [expRmspe, rmse, r2Score] : [rmse, mae, r2Score];
  if (target.task === "classification") {
    return outputs === 2 ? [accuracy, rocAucBinary] : [accuracy, f1ScoreOf({ average: "macro" })];
  }
  return [];
}

export function adapterOf(learner: Learner): AdapterInfo {
  const { backend, adapter, adapterLine } = learner;
  const software = backend === "cpu" || isSoftware(adapter);
  return { line: adapterLine, software, backend, reason: reasons.get(learner) ?? null };
}

export function modelInfo({ data, model }: Learner): ModelInfo {
  const { embeddingSizes, continuous, layers, outputs } = model.config;
  const widths = [embeddingSizes.reduce((sum, [, width]) => sum + width, continuous), ...layers, outputs];
  return {
    text: String(model),
    parameters: model.parameterCount,
    embeddings: data.preprocessing.categorical.map(({ name }, i) => {
      const [categories, width] = embeddingSizes[i];
      return { column: name, categories, width };
    }),
    continuous,
    farTarget: targetScaleWarning(data, model.config.yRange) !== null,
    layers: widths.slice(1).map((fanOut, i) => {
      const name = i < layers.length ? `hidden layer ${i + 1}` : "output";
      return { name, fanIn: widths[i], fanOut };
    }),
  };
}
