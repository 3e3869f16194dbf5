/** The model's word on rows whose truth is known. */
import {
  accuracy,
  brierScore,
  encodeTable,
  expRmspe,
  f1ScoreOf,
  hammingLoss,
  type Metric,
  mae,
  mse,
  type PreprocessingState,
  r2Score,
  rmse,
  type Table,
  type TabularModel,
} from "tabgpu";
import { breathe } from "./stoppable.ts";

const CHUNK_ROWS = 4096;

export interface Outcomes {
  /** Rows of the table that count: those of a class that the model knows. */
  readonly rows: Uint32Array;
  /** [rows, outputs]: after y_range, before exp, softmax or sigmoid. */
  readonly raw: Float32Array;
  /** As the loss takes them: logarithm taken, class numbers [rows]; else [rows, outputs]. */
  readonly targets: Float32Array;
}

/** Runs the model over `rows` of `table`, a few thousand at a time. Gaps that training did not have are filled. */
export async function outcomesOf(
  model: TabularModel,
  table: Table,
  rows: Uint32Array,
  { signal, onDone }: { signal: AbortSignal; onDone?: (fraction: number) => void },
): Promise<Outcomes> {
  const { preprocessing } = model;
  const parts: { rows: Uint32Array; raw: Float32Array; targets: Float32Array }[] = [];
  for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
    const wanted = rows.subarray(from, from + CHUNK_ROWS);
    const chunk = table.take(wanted);
    const { targets } = encodeTable(chunk, preprocessing, {
      targets: "required",
      lenient: true,
      unknownClass: "nan",
    });
    const { raw } = await model.predictTable(chunk, { lenient: true, signal });
    parts.push(withoutUnknown(wanted, raw, targets!));
    onDone?.(Math.min(1, (from + CHUNK_ROWS) / rows.length));
    await breathe(signal);
  }
  return {
    rows: Uint32Array.from(joined(parts.map((part) => part.rows))),
    raw: Float32Array.from(joined(parts.map((part) => part.raw))),
    targets: Float32Array.from(joined(parts.map((part) => part.targets))),
  };
}

/** Leaves out the rows whose class training never saw: their target is NaN. */
function withoutUnknown(rows: Uint32Array, raw: Float32Array, targets: Float32Array) {
  if (!targets.some(Number.isNaN)) return { rows, raw, targets };
  const [outputs, width] = [raw.length / rows.length, targets.length / rows.length];
  const known = [...rows.keys()].filter((i) => !Number.isNaN(targets[i * width]));
  const pick = (values: Float32Array, size: number) =>
    Float32Array.from(known.flatMap((i) => [...values.subarray(i * size, (i + 1) * size)]));
  return {
    rows: Uint32Array.from(known, (i) => rows[i]),
    raw: pick(raw, outputs),
    targets: pick(targets, width),
  };
}

function joined<T extends Uint32Array | Float32Array>(parts: readonly T[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A number that says how good predictions are, for one target. */
export interface Measure {
  readonly name: string;
  readonly better: "lower" | "higher";
  compute(outcomes: Omit<Outcomes, "rows">): number;
}

/** What training lowered: mean squared error, cross entropy, or binary cross entropy. */
export function lossOf(state: PreprocessingState): Measure {
  const { task } = state.target;
  if (task === "regression") return measureOf(mse, state);
  const name = task === "classification" ? "cross entropy" : "binary cross entropy";
  return {
    name,
    better: "lower",
    compute: (outcomes) => mean(rowLosses(outcomes, state)),
  };
}

/** The metrics that are told of a model, the most telling one first. */
export function measuresOf(state: PreprocessingState): Measure[] {
  const { target } = state;
  const metrics: Metric[] = (() => {
    switch (target.task) {
      case "regression":
        return target.log ? [expRmspe, rmse, r2Score] : [rmse, mae, r2Score];
      case "classification":
        return [accuracy, f1ScoreOf({ average: "macro" }), brierScore];
      case "multilabel":
        return [hammingLoss, f1ScoreOf({ average: "macro" })];
    }
  })();
  const usable = metrics.filter(({ tasks, classes }) => {
    return tasks.includes(target.task) && (classes === undefined || classes === outputsOf(state));
  });
  return usable.map((metric) => measureOf(metric, state));
}

function measureOf(metric: Metric, state: PreprocessingState): Measure {
  const outputs = outputsOf(state);
  const { task } = state.target;
  return {
    name: metric.name,
    better: metric.direction,
    compute: ({ raw, targets }) =>
      metric.compute(raw, targets, { rows: raw.length / outputs, outputs }, task),
  };
}

/** Width of the model's output. */
export function outputsOf({ target }: PreprocessingState): number {
  return target.task === "classification" ? target.classes.length : target.names.length;
}

/** The loss of each row by itself. */
export function rowLosses({ raw, targets }: Omit<Outcomes, "rows">, state: PreprocessingState): Float64Array {
  const outputs = outputsOf(state);
  const { task } = state.target;
  return Float64Array.from({ length: raw.length / outputs }, (_, row) => {
    const at = row * outputs;
    if (task === "classification") {
      // −ln softmax, with the largest logit taken out so that nothing overflows.
      let largest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < outputs; k++) largest = Math.max(largest, raw[at + k]);
      let sum = 0;
      for (let k = 0; k < outputs; k++) sum += Math.exp(raw[at + k] - largest);
      return Math.log(sum) + largest - raw[at + targets[row]];
    }
    let sum = 0;
    for (let k = 0; k < outputs; k++) {
      const [x, y] = [raw[at + k], targets[at + k]];
      sum +=
        task === "regression" ? (x - y) ** 2 : Math.max(x, 0) - x * y + Math.log1p(Math.exp(-Math.abs(x)));
    }
    return sum / outputs;
  });
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
