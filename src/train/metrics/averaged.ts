/** Metrics that are a ratio of counts per class or label, averaged as scikit-learn does; 0 / 0 counts as 0. */
import { OptionError } from "../../errors.ts";
import { type Counts, countsOf } from "./classes.ts";
import { defineMetric, type Metric } from "./metric.ts";

/**
 * "binary": of class 1 of two. "macro": the mean over classes. "micro": of all counts together. "weighted": the
 * mean over classes, each by its number of rows.
 */
export type Average = "binary" | "macro" | "micro" | "weighted";

export interface AverageOptions {
  /** Default: "binary" for classification, "macro" for several labels. */
  readonly average?: Average;
}

const AVERAGES: readonly Average[] = ["binary", "macro", "micro", "weighted"];

function averaged(
  name: string,
  { average }: AverageOptions,
  fraction: (counts: Counts) => [numerator: number, denominator: number],
): Metric {
  if (average !== undefined && !AVERAGES.includes(average)) {
    throw new OptionError(`average is "${average}"; it must be one of ${AVERAGES.join(", ")}.`);
  }
  const score = (counts: Counts) => {
    const [numerator, denominator] = fraction(counts);
    return denominator === 0 ? 0 : numerator / denominator;
  };
  const binary = average === undefined || average === "binary";
  return defineMetric({
    name: average === undefined ? name : `${name}_${average}`,
    direction: "higher",
    tasks: average === "binary" ? ["classification"] : ["classification", "multilabel"],
    classes: binary ? 2 : undefined,
    compute(predictions, targets, shape, task) {
      const counts = countsOf(predictions, targets, shape, task);
      if (task === "classification" && binary) return score(counts[1]);
      if (average === "micro") return score(counts.reduce(sumOf));
      const weight = (c: Counts) => (average === "weighted" ? c.tp + c.fn : 1);
      // scikit-learn leaves out classes that are neither there nor predicted, but never labels.
      const used = counts.filter((c) => task === "multilabel" || c.tp + c.fp + c.fn > 0);
      const total = used.reduce((sum, c) => sum + weight(c), 0);
      return total === 0 ? 0 : used.reduce((sum, c) => sum + weight(c) * score(c), 0) / total;
    },
  });
}

function sumOf(a: Counts, b: Counts): Counts {
  return { tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn };
}

/** Share of the predicted that is right: tp / (tp + fp). */
export function precisionScore(options: AverageOptions = {}): Metric {
  return averaged("precision", options, ({ tp, fp }) => [tp, tp + fp]);
}

/** Share of the actual that is found: tp / (tp + fn). */
export function recallScore(options: AverageOptions = {}): Metric {
  return averaged("recall", options, ({ tp, fn }) => [tp, tp + fn]);
}

/** Harmonic mean of precision and recall: 2 tp / (2 tp + fp + fn). */
export function f1ScoreOf(options: AverageOptions = {}): Metric {
  return averaged("f1_score", options, ({ tp, fp, fn }) => [2 * tp, 2 * tp + fp + fn]);
}

/** Harmonic mean in which recall weighs β times precision: (1 + β²) tp / ((1 + β²) tp + β² fn + fp). */
export function fBetaScore({
  beta = 2,
  ...options
}: AverageOptions & { readonly beta?: number } = {}): Metric {
  if (!(beta > 0 && Number.isFinite(beta))) {
    throw new OptionError(`beta is ${beta}; it must be positive and finite.`);
  }
  const b2 = beta ** 2;
  const name = beta === 2 ? "fbeta" : `f${beta}`;
  return averaged(name, options, ({ tp, fp, fn }) => [(1 + b2) * tp, (1 + b2) * tp + b2 * fn + fp]);
}

/** Intersection over union of predicted and actual: tp / (tp + fp + fn). */
export function jaccardScore(options: AverageOptions = {}): Metric {
  return averaged("jaccard", options, ({ tp, fp, fn }) => [tp, tp + fp + fn]);
}

export const precision = precisionScore();
export const recall = recallScore();
export const f1Score = f1ScoreOf();
/** F-beta with fastai v1's β of 2. */
export const fBeta = fBetaScore();
export const jaccard = jaccardScore();
