import { describe, expect, it } from "vitest";
import type { Task } from "../../src/data/preprocessing.ts";
import { InternalError, OptionError } from "../../src/errors.ts";
import {
  accuracy,
  accuracyMulti,
  accuracyMultiOf,
  averagePrecision,
  batchAveraged,
  brierScore,
  checkMetric,
  cohenKappa,
  explainedVariance,
  expRmspe,
  f1Score,
  fBeta,
  fBetaScore,
  type Metric,
  matthewsCorrCoef,
  metricByName,
  metricNames,
  mse,
  msle,
  pearsonCorrCoef,
  precision,
  precisionScore,
  r2Score,
  recall,
  rmse,
  rocAuc,
  rocAucBinary,
  spearmanCorrCoef,
  topKAccuracy,
  topKAccuracyOf,
} from "../../src/train/metrics.ts";
import { expectClose } from "../support/close.ts";
import golden from "./golden/metrics.json" with { type: "json" };

interface GoldenCase {
  task: Task;
  rows: number;
  outputs: number;
  predictions: number[];
  targets: number[];
  expected: Record<string, number>;
}

function compute(
  metric: Metric,
  task: Task,
  predictions: number[],
  targets: number[],
  outputs: number,
): number {
  const shape = { rows: predictions.length / outputs, outputs };
  return metric.compute(Float32Array.from(predictions), Float32Array.from(targets), shape, task);
}
const ofNumbers = (metric: Metric, predictions: number[], targets: number[]) =>
  compute(metric, "regression", predictions, targets, 1);
const ofClasses = (metric: Metric, logits: number[], targets: number[], classes = 2) =>
  compute(metric, "classification", logits, targets, classes);

describe.each(Object.entries(golden as Record<string, GoldenCase>))(
  "metrics of %s",
  (_, { task, outputs, predictions, targets, expected }) => {
    it.each(Object.entries(expected))("%s is scikit-learn's", (name, value) => {
      expectClose([compute(metricByName(name), task, predictions, targets, outputs)], [value], 1e-12);
    });
  },
);

describe("metrics of numbers", () => {
  it("rmse, mse, exp_rmspe by hand", () => {
    expect(ofNumbers(mse, [1, 2, 3], [1, 4, 6])).toBe(13 / 3);
    expect(ofNumbers(rmse, [1, 2, 3], [1, 4, 6])).toBe(Math.sqrt(13 / 3));
    // Predicting half and double the truth: relative errors ½ and 1.
    const bound = 1e-7; // logarithms in float32
    expectClose(
      [ofNumbers(expRmspe, [0, Math.log(8)], [Math.log(2), Math.log(4)])],
      [Math.sqrt(0.625)],
      bound,
    );
  });

  it("exp_rmspe stays finite where e^y does not", () => {
    expectClose([ofNumbers(expRmspe, [1000], [1000.5])], [1 - Math.exp(-0.5)], 1e-12);
  });

  it("r2_score and explained_variance of a constant target follow scikit-learn", () => {
    expect(ofNumbers(r2Score, [2, 2], [2, 2])).toBe(1);
    expect(ofNumbers(r2Score, [2, 3], [2, 2])).toBe(0);
    expect(ofNumbers(explainedVariance, [3, 3], [2, 2])).toBe(1); // a constant shift
    expect(ofNumbers(explainedVariance, [3, 4], [2, 2])).toBe(0);
    expect(ofNumbers(r2Score, [1], [2])).toBeNaN();
  });

  it("a correlation with a constant is NaN, of a monotone function Spearman's is 1", () => {
    expect(ofNumbers(pearsonCorrCoef, [1, 1], [1, 2])).toBeNaN();
    expectClose([ofNumbers(spearmanCorrCoef, [1, 8, 27, 64], [1, 2, 3, 4])], [1], 1e-15);
    expect(ofNumbers(pearsonCorrCoef, [1, 8, 27, 64], [1, 2, 3, 4])).toBeLessThan(0.96);
  });

  it("msle below −1 is NaN", () => {
    expect(ofNumbers(msle, [-2], [1])).toBeNaN();
  });
});

describe("metrics of classes", () => {
  it("the first of equal logits is the prediction", () => {
    expect(ofClasses(accuracy, [1, 1, 1, 1], [0, 1])).toBe(0.5);
  });

  it("top_k_accuracy counts the k largest, equal ones in their order", () => {
    const logits = [3, 2, 1, 0, 3, 2, 1, 0, 1, 1, 1, 1];
    expect(ofClasses(topKAccuracyOf(1), logits, [0, 1, 0], 4)).toBe(
      ofClasses(accuracy, logits, [0, 1, 0], 4),
    );
    expectClose([ofClasses(topKAccuracyOf(2), logits, [0, 1, 2], 4)], [2 / 3], 1e-15);
    expect(ofClasses(topKAccuracyOf(3), logits, [0, 1, 2], 4)).toBe(1);
    expect(ofClasses(topKAccuracy, logits, [3, 3, 3], 4)).toBe(1);
  });

  it("precision, recall and F where nothing is predicted or nothing is there are 0", () => {
    const never = [1, 0, 1, 0];
    for (const metric of [precision, recall, f1Score, fBeta]) {
      expect(ofClasses(metric, never, [1, 1]), metric.name).toBe(0);
      expect(ofClasses(metric, never, [0, 0]), metric.name).toBe(0);
    }
  });

  it("F-beta lies between precision (β → 0) and recall (β → ∞)", () => {
    const logits = [0, 1, 0, 1, 0, 1, 1, 0, 1, 0];
    const targets = [1, 1, 0, 1, 0]; // precision 2/3, recall 2/3; swap one for different ones
    targets[4] = 1; // recall 1/2
    expectClose([ofClasses(fBetaScore({ beta: 1e-4 }), logits, targets)], [2 / 3], 1e-6);
    expectClose([ofClasses(fBetaScore({ beta: 1e4 }), logits, targets)], [1 / 2], 1e-6);
    expect(ofClasses(fBetaScore({ beta: 1 }), logits, targets)).toBe(ofClasses(f1Score, logits, targets));
  });

  it("Matthews' correlation is 0 where undefined, kappa NaN", () => {
    expect(ofClasses(matthewsCorrCoef, [1, 0, 1, 0], [0, 0])).toBe(0);
    expect(ofClasses(cohenKappa, [1, 0, 1, 0], [0, 0])).toBeNaN();
  });

  it("the ROC area is NaN where a class does not occur, average precision 0 without positives", () => {
    expect(ofClasses(rocAucBinary, [1, 0, 1, 0], [0, 0])).toBeNaN();
    expect(ofClasses(rocAuc, [1, 0, 1, 0], [0, 0])).toBeNaN();
    expect(ofClasses(averagePrecision, [1, 0, 1, 0], [0, 0])).toBe(0);
  });

  it("orders rows by their logits where probabilities have long been rounded to 1", () => {
    const logits = [0, 60, 0, 50, 0, 40, 0, 45];
    expect(ofClasses(rocAucBinary, logits, [1, 1, 0, 0])).toBe(1);
    expect(ofClasses(rocAucBinary, [0, 900, 900, 0], [1, 0])).toBe(1); // e^900 is infinite
  });

  it("Brier's score of sure and right is 0, of sure and wrong 1, of two classes undecided ¼", () => {
    expect(ofClasses(brierScore, [0, 900, 900, 0], [1, 0])).toBe(0);
    expect(ofClasses(brierScore, [0, 900, 900, 0], [0, 1])).toBe(1);
    expect(ofClasses(brierScore, [0, 0], [1])).toBe(0.25);
  });
});

describe("metrics of labels", () => {
  it("accuracy_multi counts labels on the right side of the threshold", () => {
    const logits = [2, -1, 0, 0.5];
    expect(compute(accuracyMulti, "multilabel", logits, [1, 0, 0, 0], 2)).toBe(0.75);
    expect(compute(accuracyMultiOf(0.7), "multilabel", logits, [1, 0, 0, 0], 2)).toBe(1); // sigmoid(0.5) = 0.62
  });
});

describe("any metric", () => {
  it("is NaN for no rows and where a prediction is NaN", () => {
    for (const name of metricNames) {
      const metric = metricByName(name);
      const task = metric.tasks[0];
      const nan = [0, 1, Number.NaN, 0];
      const targets = task === "classification" ? [1, 0] : [1, 0, 1, 0];
      expect(compute(metric, task, [], [], 2), name).toBeNaN();
      expect(compute(metric, task, nan, targets, 2), name).toBeNaN();
    }
  });

  it("refuses a target it is not defined for", () => {
    expect(() => checkMetric(accuracy, "regression", 1)).toThrow(
      new OptionError(
        "The metric accuracy is for classification, but the target is regression. Choose another metric.",
      ),
    );
    expect(() => ofNumbers(precision, [1], [1])).toThrow(
      "The metric precision is for classification and multilabel, but the target is regression.",
    );
  });

  it("refuses another number of classes than it is defined for", () => {
    expect(() => checkMetric(f1Score, "classification", 3)).toThrow(
      new OptionError(
        "The metric f1_score is for 2 classes, but the target has 3. Choose another metric or, " +
          "where there are several averages, one such as f1_score_macro.",
      ),
    );
    expect(() => checkMetric(f1Score, "multilabel", 3)).not.toThrow();
    expect(() => checkMetric(precisionScore({ average: "macro" }), "classification", 3)).not.toThrow();
  });

  it("calls arrays that do not fit the shape a fault", () => {
    const call = () =>
      mse.compute(new Float32Array(3), new Float32Array(4), { rows: 4, outputs: 1 }, "regression");
    expect(call).toThrow(new InternalError("mse got 3 predictions and 4 targets for 4 rows of 1 outputs."));
  });
});

describe("batchAveraged", () => {
  const predictions = [0, 0, 0, 0, 0];
  const targets = [1, 1, 3, 3, 2];

  it("is the mean over batches weighted by their rows, and never above the exact rmse", () => {
    const metric = batchAveraged(rmse, 2);
    expect(ofNumbers(metric, predictions, targets)).toBe((2 * 1 + 2 * 3 + 1 * 2) / 5);
    expect(ofNumbers(rmse, predictions, targets)).toBeGreaterThan(2);
    expect([metric.name, metric.direction, metric.tasks]).toEqual(["rmse_bs2", "lower", ["regression"]]);
  });

  it("is exact for means of rows and for a batch of all rows", () => {
    expectClose([ofNumbers(batchAveraged(mse, 2), predictions, targets)], [24 / 5], 1e-15);
    expect(ofNumbers(batchAveraged(rmse, 100), predictions, targets)).toBe(
      ofNumbers(rmse, predictions, targets),
    );
  });

  it("takes rows, not values, of several outputs and one class per row", () => {
    const several = compute(batchAveraged(rmse, 1), "regression", [0, 0, 0, 0], [3, 4, 0, 0], 2);
    expectClose([several], [Math.sqrt(12.5) / 2], 1e-15);
    expect(ofClasses(batchAveraged(accuracy, 2), [1, 0, 1, 0, 0, 1], [0, 1, 1])).toBe(2 / 3);
  });

  it("refuses a batch size that is none", () => {
    expect(() => batchAveraged(rmse, 0)).toThrow(
      new OptionError("batchAveraged got a batch size of 0; it must be a positive integer."),
    );
  });
});

describe("metricByName", () => {
  it("finds every metric by its own name, with fastai's leading underscore too", () => {
    expect(new Set(metricNames).size).toBe(metricNames.length);
    for (const name of metricNames) expect(metricByName(name).name).toBe(name);
    expect(metricByName("_exp_rmspe")).toBe(expRmspe);
    expect(metricByName(" rmse ")).toBe(rmse);
  });

  it("finds variants and other names", () => {
    expect(metricByName("exp_rmspe_bs64").name).toBe("exp_rmspe_bs64");
    expect(metricByName("f1_score_macro").name).toBe("f1_score_macro");
    expect(metricByName("top_3_accuracy").name).toBe("top_3_accuracy");
    expect(metricByName("auc")).toBe(rocAucBinary);
    expect(metricByName("accuracy_thresh")).toBe(accuracyMulti);
  });

  it("refuses a name that is none, with those there are", () => {
    expect(() => metricByName("exp_rmpse")).toThrow(
      'There is no metric "exp_rmpse". Did you mean exp_rmspe? There are: mse, rmse, mae, msle, exp_rmspe, ',
    );
    expect(() => metricByName("toString")).toThrow('There is no metric "toString". There are: mse, ');
  });

  it.each([
    [() => topKAccuracyOf(0), "k is 0; it must be a positive integer."],
    [() => fBetaScore({ beta: 0 }), "beta is 0; it must be positive and finite."],
    [
      () => precisionScore({ average: "samples" as "macro" }),
      'average is "samples"; it must be one of binary, macro, micro, weighted.',
    ],
  ])("options out of range are refused %#", (make, message) => {
    expect(make).toThrow(new OptionError(message));
  });
});
