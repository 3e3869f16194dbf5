/** What logits say about classes and labels. */
import type { Task } from "../../data/preprocessing.ts";
import type { MetricShape, MetricValues } from "./metric.ts";

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The class with the largest logit in a row, the first of equals. */
export function argmax(logits: MetricValues, row: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if (logits[row * classes + c] > logits[row * classes + best]) best = c;
  }
  return best;
}

/** ln softmax of one class for every row: orders rows as the probability does, without its rounding to 0 and 1. */
export function logProbabilities(
  logits: MetricValues,
  { rows, outputs }: MetricShape,
  c: number,
): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let rest = 0; // Σ e^(z − z_c) over the other classes
    for (let k = 0; k < outputs; k++) {
      if (k !== c) rest += Math.exp(logits[row * outputs + k] - logits[row * outputs + c]);
    }
    return -Math.log1p(rest);
  });
}

/** How often a class was predicted rightly, predicted wrongly and missed. */
export interface Counts {
  tp: number;
  fp: number;
  fn: number;
}

/** Counts per class (the predicted one has the largest logit) or per label (predicted where sigmoid > ½). */
export function countsOf(
  logits: MetricValues,
  targets: MetricValues,
  { rows, outputs }: MetricShape,
  task: Task,
): Counts[] {
  const counts = Array.from({ length: outputs }, (): Counts => ({ tp: 0, fp: 0, fn: 0 }));
  for (let row = 0; row < rows; row++) {
    if (task === "classification") {
      const predicted = argmax(logits, row, outputs);
      if (predicted === targets[row]) counts[predicted].tp++;
      else {
        counts[predicted].fp++;
        counts[targets[row]].fn++;
      }
    } else {
      for (let c = 0; c < outputs; c++) {
        const predicted = logits[row * outputs + c] > 0; // sigmoid(0) = ½
        const actual = targets[row * outputs + c] === 1;
        if (predicted && actual) counts[c].tp++;
        else if (predicted) counts[c].fp++;
        else if (actual) counts[c].fn++;
      }
    }
  }
  return counts;
}
