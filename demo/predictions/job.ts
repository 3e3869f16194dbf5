import type { Prediction, TabularModel } from "tabgpu";
import { readTableFile } from "../data/read_file.ts";
import type { LoadProgress } from "../data/types.ts";
import { currentModel, knownRows, tableOfRanges } from "../worker/known_rows.ts";
import { measuresOf, outcomesOf } from "../worker/outcomes.ts";
import { sampleRows } from "../worker/sampling.ts";
import { Stoppable } from "../worker/stoppable.ts";
import type { Workbench } from "../worker/workbench.ts";
import { confusionsOf, scattersOf, shownColumn, worstRows } from "./evaluate.ts";
import { fieldValue, formFields, rowValues, typicalValues } from "./form.ts";
import { scoreTable } from "./score_file.ts";
import type {
  Evaluation,
  FieldValues,
  FormField,
  PredictionForm,
  RowPrediction,
  ScoredFile,
  ScoreOptions,
  ScoreProgress,
  StartRow,
} from "./types.ts";

/** Rows that the pictures are made of: enough for a score of three digits. */
const EVALUATED = 50_000;

export function predictionJobs(bench: Workbench) {
  const evaluation = new Stoppable();
  const scoring = new Stoppable();
  let form: { model: TabularModel; fields: FormField[] } | null = null;

  const fieldsOf = (model: TabularModel): FormField[] => {
    if (form?.model !== model)
      form = { model, fields: formFields(model.preprocessing, tableOfRanges(bench)) };
    return form.fields;
  };

  return {
    /** The form for the current model. */
    predictionForm(): PredictionForm {
      const { model } = currentModel(bench);
      form = null; // the table may be another
      const fields = fieldsOf(model);
      const known = knownRows(bench);
      const { target } = model.preprocessing;
      return {
        fields,
        typical: typicalValues(fields, tableOfRanges(bench)),
        targets: target.names,
        task: target.task,
        logTarget: target.task === "regression" && target.log,
        rows: typeof known === "string" ? known : { count: known.rows.length, kind: known.kind },
      };
    },

    /** What the model says about one row. Gaps that training did not have are filled with the mean. */
    async predictRow(values: FieldValues): Promise<RowPrediction> {
      const { model } = currentModel(bench);
      let notes: readonly string[] = [];
      const onUnseen = (told: string[]) => {
        notes = told;
      };
      const [prediction] = await model.predict([values], { lenient: true, onUnseen });
      return rowPrediction(prediction, model.preprocessing.target.names, notes);
    },

    /** A row whose truth is known: number `row` of the table, or any of them. */
    startRow(row?: number): StartRow {
      const { model } = currentModel(bench);
      const known = knownRows(bench);
      if (typeof known === "string") throw new Error(known);
      const chosen = row ?? known.rows[Math.floor(Math.random() * known.rows.length)];
      const truth = model.preprocessing.target.names.map((name) => [
        name,
        fieldValue(known.table.column(name), chosen),
      ]);
      return {
        row: chosen,
        values: rowValues(fieldsOf(model), known.table, chosen),
        truth: Object.fromEntries(truth),
      };
    },

    /** Holds the model against the rows whose truth is known; null where it was stopped. */
    evaluateModel(onProgress: (fraction: number) => void): Promise<Evaluation | null> {
      return evaluation.run(async (signal) => {
        const { model } = currentModel(bench);
        const known = knownRows(bench);
        if (typeof known === "string") throw new Error(known);
        const rows = sampleRows(known.rows, EVALUATED);
        const outcomes = await outcomesOf(model, known.table, rows, { signal, onDone: onProgress });
        const state = model.preprocessing;
        const columns = fieldsOf(model).map(({ name }) => shownColumn(known.table.column(name)));
        return {
          kind: known.kind,
          rows: outcomes.rows.length,
          of: known.rows.length,
          metrics: measuresOf(state).map((measure) => {
            const { name, better } = measure;
            return { name, better, value: measure.compute(outcomes) };
          }),
          ranged: model.config.yRange !== null,
          scatters: scattersOf(outcomes, state),
          confusions: confusionsOf(outcomes, state),
          worst: {
            columns,
            offBy: state.target.task === "classification" ? "for the true class" : "off by",
            rows: worstRows(
              outcomes,
              state,
              known.table,
              columns.map(({ name }) => name),
            ),
          },
        };
      });
    },

    stopEvaluation(): void {
      evaluation.stop();
    },

    /** Reads a file and predicts each of its rows; null where it was stopped. */
    scoreFile(
      file: File,
      { lenient }: ScoreOptions,
      onProgress: (progress: ScoreProgress) => void,
    ): Promise<ScoredFile | null> {
      return scoring.run(async (signal) => {
        const { model, trainedOn } = currentModel(bench);
        const read = ({ bytes, totalBytes }: LoadProgress) => {
          onProgress({ note: "Reading the file", fraction: totalBytes ? (0.5 * bytes) / totalBytes : null });
        };
        const like = model.preprocessing;
        // The marks of the model's table, which the one above need not have.
        const missing = trainedOn?.missing;
        const { table, notes } = await readTableFile(file, signal, read, { like, missing });
        const scored = await scoreTable(model, table, {
          lenient,
          signal,
          onDone: (rows) => {
            const note = `Predicting: ${rows.toLocaleString("en")} of ${table.rows.toLocaleString("en")} rows`;
            onProgress({ note, fraction: 0.5 + (0.5 * rows) / table.rows });
          },
        });
        return { name: scoredName(file.name), ...scored, notes: [...notes, ...scored.notes] };
      });
    },

    stopScoring(): void {
      scoring.stop();
    },
  };
}

/** shops.csv.gz → shops-predictions.csv */
export function scoredName(name: string): string {
  return `${name.replace(/(\.(csv|tsv|txt|parquet|gz))+$/i, "")}-predictions.csv`;
}

function rowPrediction(
  prediction: Prediction,
  targets: readonly string[],
  notes: readonly string[],
): RowPrediction {
  if ("probabilities" in prediction) {
    const classes = Object.entries(prediction.probabilities).map(([label, probability]) => ({
      label,
      probability,
    }));
    if (Array.isArray(prediction.prediction)) {
      return { task: "multilabel", label: prediction.prediction.join(", ") || "none", classes, notes };
    }
    return { task: "classification", label: String(prediction.prediction), classes, notes };
  }
  const value = prediction.prediction;
  const values =
    typeof value === "number"
      ? [{ name: targets[0], value }]
      : Object.entries(value).map(([name, each]) => ({ name, value: each }));
  return { task: "regression", values, notes };
}
