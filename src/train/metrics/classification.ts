/** Metrics of one class per row, and those that serve several labels too. */
import { OptionError } from "../../errors.ts";
import { argmax, countsOf, logProbabilities, sigmoid } from "./classes.ts";
import { defineMetric, type Metric, type MetricShape, type MetricValues } from "./metric.ts";
import { areaUnderRoc, averagePrecisionOf } from "./ranking.ts";

type Direction = Metric["direction"];

function ofClasses(name: string, direction: Direction, compute: Metric["compute"], classes?: number): Metric {
  return defineMetric({ name, direction, tasks: ["classification"], classes, compute });
}

function shareRight(logits: MetricValues, targets: MetricValues, { rows, outputs }: MetricShape): number {
  let right = 0;
  for (let row = 0; row < rows; row++) if (argmax(logits, row, outputs) === targets[row]) right++;
  return right / rows;
}

/** Share of the rows whose largest logit is the right class's. */
export const accuracy = ofClasses("accuracy", "higher", shareRight);

/** 1 − accuracy. */
export const errorRate = ofClasses("error_rate", "lower", (p, y, shape) => 1 - shareRight(p, y, shape));

/** Share of the rows whose right class is among the k with the largest logits; equal ones count in their order. */
export function topKAccuracyOf(k: number): Metric {
  if (!Number.isInteger(k) || k < 1) throw new OptionError(`k is ${k}; it must be a positive integer.`);
  return ofClasses(`top_${k}_accuracy`, "higher", (logits, targets, { rows, outputs }) => {
    let right = 0;
    for (let row = 0; row < rows; row++) {
      const own = logits[row * outputs + targets[row]];
      let before = 0;
      for (let c = 0; c < outputs; c++) {
        const other = logits[row * outputs + c];
        if (other > own || (other === own && c < targets[row])) before++;
      }
      if (before < k) right++;
    }
    return right / rows;
  });
}

/** fastai's top_k_accuracy with its k of 5. */
export const topKAccuracy: Metric = { ...topKAccuracyOf(5), name: "top_k_accuracy" };

/** Share of the labels, over all rows, on whose side of the threshold the sigmoid is. */
export function accuracyMultiOf(threshold: number): Metric {
  return defineMetric({
    name: threshold === 0.5 ? "accuracy_multi" : `accuracy_multi_${threshold}`,
    direction: "higher",
    tasks: ["multilabel"],
    compute: (logits, targets) => {
      let right = 0;
      for (let i = 0; i < logits.length; i++) {
        if (sigmoid(logits[i]) > threshold === (targets[i] === 1)) right++;
      }
      return right / logits.length;
    },
  });
}

/** fastai's accuracy_multi (v1: accuracy_thresh) with its threshold of 0.5. */
export const accuracyMulti = accuracyMultiOf(0.5);

/** Share of wrong classes, or of wrong labels over all rows. */
export const hammingLoss = defineMetric({
  name: "hamming_loss",
  direction: "lower",
  tasks: ["classification", "multilabel"],
  compute: (logits, targets, shape, task) => {
    const metric = task === "classification" ? accuracy : accuracyMulti;
    return 1 - metric.compute(logits, targets, shape, task);
  },
});

/** Rows of each class, by target and by prediction, and how many are right. */
function marginals(logits: MetricValues, targets: MetricValues, shape: MetricShape) {
  const counts = countsOf(logits, targets, shape, "classification");
  return {
    actual: counts.map(({ tp, fn }) => tp + fn),
    predicted: counts.map(({ tp, fp }) => tp + fp),
    right: counts.map(({ tp }) => tp),
  };
}

const total = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0);
const product = (a: readonly number[], b: readonly number[]) => total(a.map((x, i) => x * b[i]));

/** Matthews' correlation of predicted and actual classes (Gorodkin 2004 for more than two); 0 where undefined. */
export const matthewsCorrCoef = ofClasses("matthews_corrcoef", "higher", (logits, targets, shape) => {
  const { actual, predicted, right } = marginals(logits, targets, shape);
  const n = shape.rows;
  const covariance = total(right) * n - product(actual, predicted);
  const spread = (n ** 2 - product(actual, actual)) * (n ** 2 - product(predicted, predicted));
  return spread === 0 ? 0 : covariance / Math.sqrt(spread);
});

/** Cohen's kappa: agreement beyond chance, (p_o − p_e) / (1 − p_e); NaN where chance alone would agree. */
export const cohenKappa = ofClasses("cohen_kappa", "higher", (logits, targets, shape) => {
  const { actual, predicted, right } = marginals(logits, targets, shape);
  const observed = total(right) / shape.rows;
  const expected = product(actual, predicted) / shape.rows ** 2;
  return (observed - expected) / (1 - expected);
});

/** Mean recall of the classes that occur. */
export const balancedAccuracy = ofClasses("balanced_accuracy", "higher", (logits, targets, shape) => {
  const { actual, right } = marginals(logits, targets, shape);
  const recalls = right.map((n, c) => n / actual[c]).filter((_, c) => actual[c] > 0);
  return total(recalls) / recalls.length;
});

/** Mean squared error of the probabilities: of class 1 for two classes, summed over the classes for more. */
export const brierScore = ofClasses("brier_score", "lower", (logits, targets, shape) => {
  const { rows, outputs } = shape;
  let sum = 0;
  for (let c = outputs === 2 ? 1 : 0; c < outputs; c++) {
    logProbabilities(logits, shape, c).forEach((logProbability, row) => {
      sum += (Math.exp(logProbability) - (targets[row] === c ? 1 : 0)) ** 2;
    });
  }
  return sum / rows;
});

type Curve = (scores: Float64Array, isPositive: (row: number) => boolean) => number;

/** A curve's area for each class against the rest, or for each label, and their mean. */
function macro(curve: Curve): Metric["compute"] {
  return (logits, targets, shape, task) => {
    const { rows, outputs } = shape;
    const areas = Array.from({ length: outputs }, (_, c) => {
      if (task === "classification") {
        return curve(logProbabilities(logits, shape, c), (row) => targets[row] === c);
      }
      const scores = Float64Array.from({ length: rows }, (_, row) => logits[row * outputs + c]);
      return curve(scores, (row) => targets[row * outputs + c] === 1);
    });
    return total(areas) / outputs;
  };
}

/** Area under the ROC curve of class 1 of two; NaN where a class does not occur. */
export const rocAucBinary = ofClasses(
  "roc_auc_binary",
  "higher",
  (logits, targets, shape) => areaUnderRoc(logProbabilities(logits, shape, 1), (row) => targets[row] === 1),
  2,
);

/** Area under the ROC curve, the mean over classes against the rest, or over labels; NaN where one does not occur. */
export const rocAuc = defineMetric({
  name: "roc_auc",
  direction: "higher",
  tasks: ["classification", "multilabel"],
  compute: macro(areaUnderRoc),
});

/** Average precision: of class 1 of two, else the mean over classes against the rest, or over labels. */
export const averagePrecision = defineMetric({
  name: "average_precision",
  direction: "higher",
  tasks: ["classification", "multilabel"],
  compute: (logits, targets, shape, task) => {
    if (task === "classification" && shape.outputs === 2) {
      return averagePrecisionOf(logProbabilities(logits, shape, 1), (row) => targets[row] === 1);
    }
    return macro(averagePrecisionOf)(logits, targets, shape, task);
  },
});
