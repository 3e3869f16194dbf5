import type { Task } from "../../data/preprocessing.ts";
import { InternalError, OptionError } from "../../errors.ts";

export type MetricValues = Float32Array | Float64Array;

export interface MetricShape {
  readonly rows: number;
  readonly outputs: number;
}

/** A number that says how good predictions are, computed over a whole set at once in double precision. */
export interface Metric {
  /** fastai's name in snake_case: the column's title, and what `metricByName` finds it by. */
  readonly name: string;
  /** Whether less or more of it is better. */
  readonly direction: "lower" | "higher";
  /** The kinds of target it is defined for. */
  readonly tasks: readonly Task[];
  /** For classification: the number of classes it is defined for; absent for any. */
  readonly classes?: number;
  /**
   * @param predictions [rows, outputs]: values after y_range for regression, logits otherwise
   * @param targets [rows, outputs]; class numbers [rows] for classification
   * @returns NaN for no rows, or where a prediction is NaN
   */
  compute(predictions: MetricValues, targets: MetricValues, shape: MetricShape, task: Task): number;
}

/** @throws {OptionError} for a target the metric is not defined for */
export function checkMetric(metric: Metric, task: Task, outputs: number): void {
  if (typeof metric?.compute !== "function") {
    const given = typeof metric === "string" ? JSON.stringify(metric) : typeof metric;
    throw new OptionError(`metrics holds ${given}; give metrics themselves, as in { metrics: [expRmspe] }.`);
  }
  const { name, tasks, classes } = metric;
  if (!tasks.includes(task)) {
    throw new OptionError(
      `The metric ${name} is for ${tasks.join(" and ")}, but the target is ${task}. Choose another metric.`,
    );
  }
  if (task === "classification" && classes !== undefined && classes !== outputs) {
    throw new OptionError(
      `The metric ${name} is for ${classes} classes, but the target has ${outputs}. Choose another metric or, ` +
        "where there are several averages, one such as f1_score_macro.",
    );
  }
}

/** A metric that checks what it is given, so that its own `compute` can be the bare formula. */
export function defineMetric(metric: Metric): Metric {
  const compute: Metric["compute"] = (predictions, targets, shape, task) => {
    checkMetric(metric, task, shape.outputs);
    const values = shape.rows * shape.outputs;
    const wanted = task === "classification" ? shape.rows : values;
    if (predictions.length !== values || targets.length !== wanted) {
      throw new InternalError(
        `${metric.name} got ${predictions.length} predictions and ${targets.length} targets ` +
          `for ${shape.rows} rows of ${shape.outputs} outputs.`,
      );
    }
    if (shape.rows === 0 || predictions.some(Number.isNaN)) return Number.NaN;
    return metric.compute(predictions, targets, shape, task);
  };
  return { ...metric, compute };
}

/**
 * The metric as fastai v1 reports its metric functions: the mean of its values on batches in table order, each
 * weighted by its rows. For metrics that are no means of per-row values (rmse, exp_rmspe, r2_score) this differs
 * from the exact value; for rmse and exp_rmspe it is never greater. Named `<name>_bs<batchSize>`.
 *
 * @throws {OptionError} for a batch size that is no positive integer
 */
export function batchAveraged(metric: Metric, batchSize: number): Metric {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new OptionError(`batchAveraged got a batch size of ${batchSize}; it must be a positive integer.`);
  }
  return {
    ...metric,
    name: `${metric.name}_bs${batchSize}`,
    compute(predictions, targets, { rows, outputs }, task) {
      const perRow = task === "classification" ? 1 : outputs;
      let sum = 0;
      for (let start = 0; start < rows; start += batchSize) {
        const end = Math.min(rows, start + batchSize);
        const part = predictions.subarray(start * outputs, end * outputs);
        const truth = targets.subarray(start * perRow, end * perRow);
        sum += (end - start) * metric.compute(part, truth, { rows: end - start, outputs }, task);
      }
      return sum / rows;
    },
  };
}
