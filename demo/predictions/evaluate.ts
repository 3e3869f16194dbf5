/** What is drawn of the model's word on rows whose truth is known: pure functions of the outcomes. */
import type { Column, PreprocessingState, Table, VocabValue } from "tabgpu";
import { inPercent, signedPercent, significant, trueMinus } from "../ui/format.ts";
import { type Outcomes, outputsOf, rowLosses } from "../worker/outcomes.ts";
import { sampleRows } from "../worker/sampling.ts";
import { fieldValue } from "./form.ts";
import type { Confusion, Evaluation, FieldValue, Scatter, ShownColumn, WorstRow } from "./types.ts";

/** Points that a scatter can show apart. */
const POINTS = 3000;
const WORST = 10;
/** Classes of a confusion matrix that a person can read. */
const CLASSES = 25;

const tenths = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A point per row and target, of at most some thousand rows. */
export function scattersOf({ raw, targets }: Outcomes, { target }: PreprocessingState): Scatter[] {
  if (target.task !== "regression") return [];
  const width = target.names.length;
  const rows = raw.length / width;
  const chosen = sampleRows(
    Uint32Array.from({ length: rows }, (_, row) => row),
    POINTS,
  );
  const undo = (x: number) => (target.log ? Math.exp(x) : x);
  return target.names.map((name, i) => ({
    target: name,
    log: target.log,
    truth: Float64Array.from(chosen, (row) => undo(targets[row * width + i])),
    predicted: Float64Array.from(chosen, (row) => undo(raw[row * width + i])),
    of: rows,
  }));
}

/** How often each class was taken for each: the predicted one has the largest output, the first of equals. */
export function confusionCounts(
  raw: ArrayLike<number>,
  targets: ArrayLike<number>,
  classes: number,
): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < targets.length; row++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (raw[row * classes + c] > raw[row * classes + best]) best = c;
    counts[targets[row]][best]++;
  }
  return counts;
}

/** The matrix of the `most` most frequent true classes, in the model's order. */
export function frequentClasses(
  names: readonly VocabValue[],
  counts: readonly (readonly number[])[],
  most = CLASSES,
): Confusion {
  const total = (c: number) => counts[c].reduce((sum, count) => sum + count, 0);
  const order = names.map((_, c) => c).sort((a, b) => total(b) - total(a) || a - b);
  const kept = order.slice(0, most).sort((a, b) => a - b);
  const rest = order.slice(most);
  return {
    classes: kept.map((c) => String(names[c])),
    counts: kept.map((truth) => kept.map((predicted) => counts[truth][predicted])),
    leftOut: { classes: rest.length, rows: rest.reduce((sum, c) => sum + total(c), 0) },
  };
}

/** One matrix for classes, one per label. */
export function confusionsOf(
  { raw, targets }: Outcomes,
  state: PreprocessingState,
): Evaluation["confusions"] {
  const { target } = state;
  if (target.task === "classification") {
    const counts = confusionCounts(raw, targets, target.classes.length);
    return [{ title: target.names[0], confusion: frequentClasses(target.classes, counts) }];
  }
  if (target.task !== "multilabel") return [];
  const width = target.names.length;
  return target.names.map((title, i) => {
    const counts = [
      [0, 0],
      [0, 0],
    ];
    for (let row = 0; row < raw.length / width; row++) {
      counts[targets[row * width + i]][raw[row * width + i] > 0 ? 1 : 0]++; // sigmoid(0) = ½
    }
    return { title, confusion: { classes: ["no", "yes"], counts, leftOut: { classes: 0, rows: 0 } } };
  });
}

/** The rows with the greatest loss, the worst first. */
export function worstRows(
  outcomes: Outcomes,
  state: PreprocessingState,
  table: Table,
  columns: readonly string[],
  count = WORST,
): WorstRow[] {
  const losses = rowLosses(outcomes, state);
  const order = Uint32Array.from(losses, (_, i) => i).sort((a, b) => losses[b] - losses[a] || a - b);
  return [...order.subarray(0, count)].map((i) => {
    const row = outcomes.rows[i];
    return {
      row,
      ...wordsOf(outcomes, state, i),
      cells: columns.map((name) => cellText(fieldValue(table.column(name), row))),
    };
  });
}

function wordsOf({ raw, targets }: Outcomes, state: PreprocessingState, i: number) {
  const { target } = state;
  const outputs = outputsOf(state);
  const at = raw.subarray(i * outputs, (i + 1) * outputs);
  if (target.task === "classification") {
    const truth = targets[i];
    const best = at.indexOf(Math.max(...at));
    const chance = Math.exp(-rowLosses({ raw: at, targets: targets.subarray(i, i + 1) }, state)[0]);
    return {
      truth: String(target.classes[truth]),
      predicted: String(target.classes[best]),
      off: inPercent(tenths.format(100 * chance)),
    };
  }
  const truths = targets.subarray(i * outputs, (i + 1) * outputs);
  if (target.task === "multilabel") {
    const named = (values: ArrayLike<number>, above: number) =>
      target.names.filter((_, k) => values[k] > above).join(", ") || "none";
    const wrong = target.names.filter((_, k) => at[k] > 0 !== truths[k] > 0.5).length;
    return { truth: named(truths, 0.5), predicted: named(at, 0), off: `${wrong} of ${outputs} wrong` };
  }
  const undo = (x: number) => (target.log ? Math.exp(x) : x);
  const list = (values: Float32Array) => [...values].map((x) => significant(undo(x), 4)).join(", ");
  const off = [...at].map((x, k) => {
    if (target.log) return signedPercent(Math.expm1(x - truths[k]));
    return `${x > truths[k] ? "+" : ""}${significant(x - truths[k], 4)}`;
  });
  return { truth: list(truths), predicted: list(at), off: off.join(", ") };
}

/** How a table shows a column. */
export function shownColumn({ name, kind }: Column): ShownColumn {
  return { name, text: kind !== "number" };
}

/** A cell as a table shows it. */
export function cellText(value: FieldValue): string {
  if (value === null) return "–";
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) ? trueMinus(String(value)) : significant(value, 4);
}
