import type { Task } from "../data/preprocessing.ts";

/**
 * The loss over a whole set in double precision, as the kernels define it per batch: MSE over all elements,
 * cross-entropy over rows, binary cross-entropy over all elements.
 * @param predictions [rows, outputs]: y_range applied for regression, logits otherwise
 * @param targets [rows, outputs]; class numbers [rows] for classification
 */
export function lossValue(
  task: Task,
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  outputs: number,
): number {
  let sum = 0;
  if (task === "classification") {
    for (let row = 0; row < targets.length; row++) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < outputs; j++) largest = Math.max(largest, predictions[row * outputs + j]);
      let exponentials = 0;
      for (let j = 0; j < outputs; j++) exponentials += Math.exp(predictions[row * outputs + j] - largest);
      sum += Math.log(exponentials) + largest - predictions[row * outputs + targets[row]];
    }
  } else if (task === "multilabel") {
    for (let i = 0; i < targets.length; i++) {
      const z = predictions[i];
      sum += Math.max(z, 0) - z * targets[i] + Math.log1p(Math.exp(-Math.abs(z)));
    }
  } else {
    for (let i = 0; i < targets.length; i++) sum += (predictions[i] - targets[i]) ** 2;
  }
  return sum / targets.length;
}
