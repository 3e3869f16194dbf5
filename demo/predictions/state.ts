/** What this panel knows, and what it does when the current model changes. */
import { effect, signal } from "@preact/signals-core";
import { proxy } from "comlink";
import { currentModel, data, table } from "../session.ts";
import { studio } from "../studio.ts";
import { lastWins } from "../ui/last_wins.ts";
import { EMPTY, type Loadable, latest, messageOf, ready } from "../ui/loadable.ts";
import { settled } from "../ui/settled.ts";
import { scoreProblem } from "./score_problem.ts";
import type {
  Evaluation,
  FieldValue,
  FieldValues,
  PredictionForm,
  RowPrediction,
  ScoredFile,
  StartRow,
} from "./types.ts";

export const form = signal<Loadable<PredictionForm>>(EMPTY);
export const values = signal<FieldValues>({});
/** What is true of the row that the form started from, until a field is changed; kept to compare with. */
export const started = signal<{ readonly row: StartRow; readonly changed: boolean } | null>(null);
/** Whether a typical row was changed since. */
export const typicalChanged = signal(false);
/** What is typed and is no value, by field: what to write instead. */
export const typos = signal<Readonly<Record<string, string>>>({});
export const prediction = signal<Loadable<RowPrediction>>(EMPTY);
export const startError = signal<string | null>(null);

export const evaluation = signal<Loadable<Evaluation>>(EMPTY);
/** Whether the evaluation was stopped by the user. */
export const evaluationStopped = signal(false);

export const scored = signal<Loadable<ScoredFile & { readonly url: string }>>(EMPTY);
export const lenient = signal(false);

const predictions = lastWins(
  async (row: FieldValues): Promise<RowPrediction> => await studio.predictRow(row),
  (result) => {
    prediction.value = ready(result);
  },
  (error) => {
    prediction.value = { state: "failed", message: messageOf(error), value: latest(prediction.peek()) };
  },
);

/** Predicts what the form holds now. */
function predict(): void {
  predictions.ask(values.peek());
}

export function change(name: string, value: FieldValue): void {
  if (values.peek()[name] === value) return;
  values.value = { ...values.peek(), [name]: value };
  const from = started.peek();
  if (!from) typicalChanged.value = true;
  else if (!from.changed) started.value = { ...from, changed: true };
  predict();
}

export function startTypical(): void {
  const known = latest(form.peek());
  if (!known) return;
  startError.value = null;
  started.value = null;
  typicalChanged.value = false;
  typos.value = {};
  values.value = known.typical;
  predict();
}

/** Starts from a row of the table: any, or one of the worst. */
export async function startFromRow(row?: number): Promise<void> {
  try {
    const start = await studio.startRow(row);
    startError.value = null;
    started.value = { row: start, changed: false };
    typos.value = {};
    values.value = start.values;
    predict();
  } catch (error) {
    startError.value = messageOf(error);
  }
}

/** The version of the model that the panel was last filled for; answers about older ones are dropped. */
let shown = -1;

async function fill(version: number): Promise<void> {
  shown = version;
  predictions.drop();
  form.value = { state: "loading", note: "Making the form", value: latest(form.peek()) };
  try {
    const next = await studio.predictionForm();
    if (shown !== version) return;
    const before = latest(form.peek());
    form.value = ready(next);
    // The row that was there stays if the new model asks for the same columns.
    const names = (known: PredictionForm) =>
      JSON.stringify(known.fields.map(({ name, kind }) => [name, kind]));
    if (before && names(before) === names(next) && Object.keys(values.peek()).length > 0) predict();
    else startTypical();
    if (typeof next.rows === "string") evaluation.value = EMPTY;
    else await evaluate();
  } catch (error) {
    if (shown === version) form.value = { state: "failed", message: messageOf(error) };
  }
}

/** Draws the pictures of the rows whose truth is known. */
export async function evaluate(): Promise<void> {
  const version = shown;
  const before = latest(evaluation.peek());
  evaluationStopped.value = false;
  let done = false; // progress comes by a channel of its own and may arrive behind the result
  const loading = (fraction: number) => {
    if (done || version !== shown) return;
    evaluation.value = { state: "loading", note: "Predicting the rows", fraction, value: before };
  };
  loading(0);
  try {
    const result = await studio.evaluateModel(proxy(loading));
    done = true;
    if (version !== shown) return;
    if (result) evaluation.value = ready(result);
    else if (evaluationStopped.peek()) evaluation.value = before ? ready(before) : EMPTY;
  } catch (error) {
    done = true;
    if (version === shown) evaluation.value = { state: "failed", message: messageOf(error), value: before };
  }
}

export function stopEvaluation(): void {
  evaluationStopped.value = true;
  void studio.stopEvaluation();
}

/** Grows with every file: what an older one says no longer counts. */
let scoring = 0;

/** Scores a file; what was scored before stays until the new one is done. */
export async function score(file: File): Promise<void> {
  const before = latest(scored.peek());
  const turn = ++scoring;
  scored.value = { state: "loading", note: `Reading ${file.name}`, value: before };
  try {
    const result = await studio.scoreFile(
      file,
      { lenient: lenient.peek() },
      proxy(({ note, fraction }) => {
        if (turn !== scoring || scored.peek().state !== "loading") return;
        scored.value = { state: "loading", note, fraction: fraction ?? undefined, value: before };
      }),
    );
    if (turn !== scoring) return;
    if (!result) {
      scored.value = before ? ready(before) : EMPTY;
      return;
    }
    if (before) URL.revokeObjectURL(before.url);
    scored.value = ready({ ...result, url: URL.createObjectURL(result.csv) });
  } catch (error) {
    const message = scoreProblem(file.name, messageOf(error));
    if (turn === scoring) scored.value = { state: "failed", message, value: before };
  }
}

export function stopScoring(): void {
  void studio.stopScoring();
}

function empty(): void {
  shown = -1;
  predictions.drop();
  form.value = EMPTY;
  prediction.value = EMPTY;
  evaluation.value = EMPTY;
  started.value = null;
  typicalChanged.value = false;
  typos.value = {};
  values.value = {};
}

/** The table that a model from a file can be held against may come after it. */
effect(() => {
  const model = latest(currentModel.value);
  if (!model) empty();
  else if (model.hasRows || settled(table.value, data.value)) void fill(model.version);
});
