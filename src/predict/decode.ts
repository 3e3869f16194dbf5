import { type TargetState, targetOutputs, type VocabValue } from "../data/preprocessing_state.ts";
import type { Column, NumberColumn } from "../data/table.ts";
import { DataError, InternalError } from "../errors.ts";
import type { Prediction, PredictionColumns } from "./prediction.ts";

/**
 * The model's outputs as one prediction per row.
 *
 * @param raw outputs [rows, outputs], row-major: after y_range, before exp, softmax or sigmoid.
 * @throws {DataError} for a row whose output is not finite.
 */
export function decodePredictions(raw: Float32Array, target: TargetState): Prediction[] {
  const rows = checkOutputs(raw, target);
  const outputs = targetOutputs(target);
  return Array.from({ length: rows }, (_, row) =>
    decodeRow(raw.subarray(row * outputs, (row + 1) * outputs), target),
  );
}

function decodeRow(raw: Float32Array, target: TargetState): Prediction {
  switch (target.task) {
    case "regression": {
      const undone = [...raw].map((x) => undoLog(x, target.log));
      if (target.names.length === 1) return { prediction: undone[0], raw: raw[0] };
      return { prediction: byName(target.names, undone), raw: byName(target.names, raw) };
    }
    case "classification": {
      const probabilities = byName(target.classes.map(String), softmax(raw));
      return { prediction: target.classes[argmax(raw)], probabilities };
    }
    case "multilabel": {
      const probabilities = Array.from(raw, sigmoid);
      const prediction = target.names.filter((_, i) => probabilities[i] > 0.5);
      return { prediction, probabilities: byName(target.names, probabilities) };
    }
  }
}

/**
 * The model's outputs as columns; the same numbers as `decodePredictions` without an object per row.
 *
 * @param raw as in {@link decodePredictions}.
 * @throws {DataError} for a row whose output is not finite.
 */
export function decodeColumns(raw: Float32Array, target: TargetState): PredictionColumns {
  const rows = checkOutputs(raw, target);
  const outputs = targetOutputs(target);
  const column = (name: string, value: (row: number) => number): NumberColumn => {
    return {
      kind: "number",
      name,
      values: Float64Array.from({ length: rows }, (_, r) => value(r)),
      integer: false,
    };
  };
  switch (target.task) {
    case "regression": {
      const columns = target.names.map((name, i) =>
        column(name, (row) => undoLog(raw[row * outputs + i], target.log)),
      );
      return { rows, raw, columns };
    }
    case "classification": {
      const probabilities = new Float64Array(raw.length);
      const best = new Int32Array(rows);
      for (let row = 0; row < rows; row++) {
        const logits = raw.subarray(row * outputs, (row + 1) * outputs);
        probabilities.set(softmax(logits), row * outputs);
        best[row] = argmax(logits);
      }
      const perClass = target.classes.map((label, i) =>
        column(`probability_${label}`, (row) => probabilities[row * outputs + i]),
      );
      return { rows, raw, columns: [classColumn(target.names[0], target.classes, best), ...perClass] };
    }
    case "multilabel": {
      const labels = target.names.map((name, i): Column => {
        const values = Uint8Array.from({ length: rows }, (_, row) =>
          sigmoid(raw[row * outputs + i]) > 0.5 ? 1 : 0,
        );
        return { kind: "boolean", name, values };
      });
      const probabilities = target.names.map((name, i) =>
        column(`probability_${name}`, (row) => sigmoid(raw[row * outputs + i])),
      );
      return { rows, raw, columns: [...labels, ...probabilities] };
    }
  }
}

/** A column of class labels in their own type; `codes` are indices into `classes`. */
function classColumn(name: string, classes: readonly VocabValue[], codes: Int32Array): Column {
  if (classes.every((label) => typeof label === "number")) {
    const values = Float64Array.from(codes, (code) => classes[code] as number);
    return { kind: "number", name, values, integer: classes.every(Number.isInteger) };
  }
  if (classes.every((label) => typeof label === "boolean")) {
    return { kind: "boolean", name, values: Uint8Array.from(codes, (code) => Number(classes[code])) };
  }
  return { kind: "text", name, dictionary: classes.map(String), codes };
}

/** The number of rows; every output is finite, because a NaN would silently win or lose an argmax. */
function checkOutputs(raw: Float32Array, target: TargetState): number {
  const outputs = targetOutputs(target);
  if (raw.length % outputs !== 0) {
    throw new InternalError(`the model gave ${raw.length} outputs, not a multiple of ${outputs}.`);
  }
  const notFinite = raw.findIndex((x) => !Number.isFinite(x));
  if (notFinite >= 0) {
    throw new DataError(
      `The model's output for row ${Math.floor(notFinite / outputs)} is ${raw[notFinite]}. A continuous value of ` +
        "that row is probably far outside what training saw; check the row.",
    );
  }
  return raw.length / outputs;
}

/** In f64: f32 would overflow at 88 and lose digits that a price or a count shows. */
function undoLog(x: number, log: boolean): number {
  return log ? Math.exp(x) : x;
}

/** exp(xᵢ) / Σ exp(xⱼ) in f64, the largest x taken off first so that nothing overflows. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const largest = logits[argmax(logits)];
  const exponentials = Float64Array.from(logits, (x) => Math.exp(x - largest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((x) => x / sum);
}

/** 1 / (1 + exp(−x)) in f64, without overflow on either side and without losing small probabilities. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** Index of the largest value; the first one of equals, as PyTorch's argmax. */
function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

function byName(names: readonly string[], values: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]]));
}
