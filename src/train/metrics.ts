/** fastai's metrics, computed exactly over a whole set in double precision, and how to find one by its name. */
import { nearestNames } from "../data/suggest.ts";
import { OptionError } from "../errors.ts";
import {
  type Average,
  f1Score,
  f1ScoreOf,
  fBeta,
  fBetaScore,
  jaccard,
  jaccardScore,
  precision,
  precisionScore,
  recall,
  recallScore,
} from "./metrics/averaged.ts";
import {
  accuracy,
  accuracyMulti,
  averagePrecision,
  balancedAccuracy,
  brierScore,
  cohenKappa,
  errorRate,
  hammingLoss,
  matthewsCorrCoef,
  rocAuc,
  rocAucBinary,
  topKAccuracy,
  topKAccuracyOf,
} from "./metrics/classification.ts";
import { batchAveraged, type Metric } from "./metrics/metric.ts";
import {
  explainedVariance,
  expRmspe,
  mae,
  mse,
  msle,
  pearsonCorrCoef,
  r2Score,
  rmse,
  spearmanCorrCoef,
} from "./metrics/regression.ts";

export * from "./metrics/averaged.ts";
export * from "./metrics/classification.ts";
export * from "./metrics/metric.ts";
export * from "./metrics/regression.ts";

const averages: Average[] = ["binary", "macro", "micro", "weighted"];
const averagedMetrics = [precisionScore, recallScore, f1ScoreOf, fBetaScore, jaccardScore].flatMap((score) =>
  averages.map((average) => score({ average })),
);

const metrics: readonly Metric[] = [
  ...[mse, rmse, mae, msle, expRmspe, r2Score, explainedVariance, pearsonCorrCoef, spearmanCorrCoef],
  ...[accuracy, errorRate, topKAccuracy, accuracyMulti, hammingLoss],
  ...[precision, recall, f1Score, fBeta, jaccard],
  ...[matthewsCorrCoef, cohenKappa, balancedAccuracy, brierScore, rocAucBinary, rocAuc, averagePrecision],
];

/** Other names under which people know them: fastai's, scikit-learn's. */
const aliases: Readonly<Record<string, Metric>> = {
  mean_squared_error: mse,
  root_mean_squared_error: rmse,
  mean_absolute_error: mae,
  mean_squared_logarithmic_error: msle,
  r2: r2Score,
  pearson: pearsonCorrCoef,
  spearman: spearmanCorrCoef,
  accuracy_thresh: accuracyMulti,
  f1: f1Score,
  mcc: matthewsCorrCoef,
  kappa: cohenKappa,
  auc: rocAucBinary,
  auroc: rocAucBinary,
  ap_score: averagePrecision,
};

/** The names of all metrics, the variants of `metricByName` aside. */
export const metricNames: readonly string[] = metrics.map(({ name }) => name);

/**
 * The metric of a name such as "exp_rmspe"; fastai v2's leading underscore is accepted. Variants: "f1_score_macro"
 * (also _binary, _micro, _weighted; of precision, recall, f1_score, fbeta, jaccard), "top_3_accuracy", and
 * "exp_rmspe_bs64" for `batchAveraged` over batches of 64.
 *
 * @throws {OptionError} for a name that is none, listing those there are
 */
export function metricByName(name: string): Metric {
  const plain = name.trim().replace(/^_/, "");
  const batches = /^(.+)_bs(\d+)$/.exec(plain);
  if (batches) return batchAveraged(metricByName(batches[1]), Number(batches[2]));
  const topK = /^top_(\d+)_accuracy$/.exec(plain);
  if (topK) return topKAccuracyOf(Number(topK[1]));
  const found = [...metrics, ...averagedMetrics].find((metric) => metric.name === plain);
  if (found) return found;
  if (Object.hasOwn(aliases, plain)) return aliases[plain];
  const near = nearestNames(plain, [...metricNames, ...Object.keys(aliases)]);
  const hint = near.length > 0 ? `Did you mean ${near.join(" or ")}? ` : "";
  throw new OptionError(`There is no metric "${name}". ${hint}There are: ${metricNames.join(", ")}.`);
}
