/** Metrics of numbers. With several outputs all of them count alike, flattened, as in fastai v2. */
import { defineMetric, type Metric, type MetricValues } from "./metric.ts";
import { ranks } from "./ranking.ts";

function numeric(
  name: string,
  direction: Metric["direction"],
  compute: (predictions: MetricValues, targets: MetricValues) => number,
): Metric {
  return defineMetric({ name, direction, tasks: ["regression"], compute });
}

function meanOf(
  predictions: MetricValues,
  targets: MetricValues,
  term: (prediction: number, target: number) => number,
): number {
  let sum = 0;
  for (let i = 0; i < predictions.length; i++) sum += term(predictions[i], targets[i]);
  return sum / predictions.length;
}

const meanSquaredError = (predictions: MetricValues, targets: MetricValues) =>
  meanOf(predictions, targets, (p, y) => (p - y) ** 2);

/** Mean of (p − y)². */
export const mse = numeric("mse", "lower", meanSquaredError);

/** √mse. */
export const rmse = numeric("rmse", "lower", (p, y) => Math.sqrt(meanSquaredError(p, y)));

/** Mean of |p − y|. */
export const mae = numeric("mae", "lower", (predictions, targets) =>
  meanOf(predictions, targets, (p, y) => Math.abs(p - y)),
);

/** Mean of (ln(1 + p) − ln(1 + y))²; NaN where either is below −1. */
export const msle = numeric("msle", "lower", (predictions, targets) =>
  meanOf(predictions, targets, (p, y) => (Math.log1p(p) - Math.log1p(y)) ** 2),
);

/**
 * Root of the mean squared relative error of what was logged: √mean(((e^y − e^p) / e^y)²), Kaggle's measure for the
 * Rossmann stores. Written as (1 − e^(p − y))², which is the same and cannot overflow on the way.
 */
export const expRmspe = numeric("exp_rmspe", "lower", (predictions, targets) =>
  Math.sqrt(meanOf(predictions, targets, (p, y) => Math.expm1(p - y) ** 2)),
);

/** 1 − Σ(y − p)² / Σ(y − ȳ)²; for a constant target 1 if all is right, else 0 (scikit-learn's convention). */
export const r2Score = numeric("r2_score", "higher", (predictions, targets) => {
  if (targets.length < 2) return Number.NaN;
  const mean = meanOf(targets, targets, (y) => y);
  const spread = meanOf(targets, targets, (y) => (y - mean) ** 2);
  return oneMinusRatio(meanSquaredError(predictions, targets), spread);
});

/** 1 − Var(y − p) / Var(y): r2_score that forgives a constant shift. */
export const explainedVariance = numeric("explained_variance", "higher", (predictions, targets) => {
  const meanError = meanOf(predictions, targets, (p, y) => y - p);
  const mean = meanOf(targets, targets, (y) => y);
  const unexplained = meanOf(predictions, targets, (p, y) => (y - p - meanError) ** 2);
  return oneMinusRatio(
    unexplained,
    meanOf(targets, targets, (y) => (y - mean) ** 2),
  );
});

function oneMinusRatio(numerator: number, denominator: number): number {
  if (denominator === 0) return numerator === 0 ? 1 : 0;
  return 1 - numerator / denominator;
}

function correlation(a: MetricValues, b: MetricValues): number {
  const meanA = meanOf(a, a, (x) => x);
  const meanB = meanOf(b, b, (x) => x);
  const covariance = meanOf(a, b, (x, y) => (x - meanA) * (y - meanB));
  const varianceA = meanOf(a, a, (x) => (x - meanA) ** 2);
  const varianceB = meanOf(b, b, (x) => (x - meanB) ** 2);
  return covariance / Math.sqrt(varianceA * varianceB);
}

/** Pearson's correlation of predictions and targets; NaN where either is constant. */
export const pearsonCorrCoef = numeric("pearson_corrcoef", "higher", correlation);

/** Spearman's: Pearson's correlation of the ranks, ties sharing their mean rank. */
export const spearmanCorrCoef = numeric("spearman_corrcoef", "higher", (predictions, targets) =>
  correlation(ranks(predictions), ranks(targets)),
);
