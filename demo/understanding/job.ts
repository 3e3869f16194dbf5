import { type Column, encodeTable, inputColumns, Table, type TabularModel } from "tabgpu";
import { dateText, formFields, typicalValues } from "../predictions/form.ts";
import { currentModel, knownRows, tableOfRanges } from "../worker/known_rows.ts";
import { lossOf, measuresOf, outcomesOf } from "../worker/outcomes.ts";
import { sampleRows } from "../worker/sampling.ts";
import { Stoppable } from "../worker/stoppable.ts";
import type { Workbench } from "../worker/workbench.ts";
import { levelsColumn, partialDependence, quantileGrid, shownLevels } from "./dependence.ts";
import { permutationImportance } from "./importance.ts";
import { principalComponents } from "./pca.ts";
import type { Dependence, EmbeddingMap, Importance, Understandable } from "./types.ts";

/** Rows that are shuffled, and how often. */
const IMPORTANCE_ROWS = 2000;
const REPEATS = 3;
/** Rows that a dependence is averaged over. */
const DEPENDENCE_ROWS = 400;
/** Categories that a map can hold. */
const MAP_POINTS = 3000;
/** Rows that categories are counted in and quantiles taken from. */
const COUNTED_ROWS = 20_000;

export function understandingJobs(bench: Workbench) {
  const importance = new Stoppable();
  const dependence = new Stoppable();

  return {
    /** What can be looked at in the current model. */
    understandable(): Understandable {
      const { model } = currentModel(bench);
      const { categorical, target } = model.preprocessing;
      const known = knownRows(bench);
      return {
        embeddings: categorical.map(({ name, levels }, i) => ({
          column: name,
          categories: levels.length,
          width: model.config.embeddingSizes[i][1],
        })),
        inputs: inputColumns(model.preprocessing).map(({ name }) => name),
        measures: [lossOf(model.preprocessing), ...measuresOf(model.preprocessing)].map(({ name }) => name),
        outputs: outputNames(model),
        target: target.names.join(", "),
        task: target.task,
        rows: typeof known === "string" ? known : { count: known.rows.length, kind: known.kind },
      };
    },

    /** How much worse the model gets by `measure` as each column is shuffled; null where it was stopped. */
    permutationImportance(
      measure: string,
      onProgress: (fraction: number) => void,
    ): Promise<Importance | null> {
      return importance.run(async (signal) => {
        const { model } = currentModel(bench);
        const known = knownRows(bench);
        if (typeof known === "string") throw new Error(known);
        const state = model.preprocessing;
        const by = [lossOf(state), ...measuresOf(state)].find(({ name }) => name === measure);
        if (!by) throw new Error(`There is no measure "${measure}" for this model.`);
        const rows = sampleRows(known.rows, IMPORTANCE_ROWS);
        const table = known.table.take(rows);
        const all = Uint32Array.from({ length: table.rows }, (_, row) => row);
        const score = async (shuffled: Table) =>
          by.compute(await outcomesOf(model, shuffled, all, { signal }));
        const names = inputColumns(state).map(({ name }) => name);
        const options = { repeats: REPEATS, signal, onDone: onProgress };
        const found = await permutationImportance(table, names, score, by.better, options);
        return {
          ...found,
          measure,
          better: by.better,
          rows: rows.length,
          of: known.rows.length,
          kind: known.kind,
          repeats: REPEATS,
        };
      });
    },

    stopImportance(): void {
      importance.stop();
    },

    /** The categories of a column, laid out by the two directions in which their embeddings differ most. */
    async embeddingMap(column: string): Promise<EmbeddingMap> {
      const { model } = currentModel(bench);
      const index = model.preprocessing.categorical.findIndex(({ name }) => name === column);
      if (index < 0) throw new Error(`The model has no embedding of a column "${column}".`);
      const { levels } = model.preprocessing.categorical[index];
      const [, width] = model.config.embeddingSizes[index];
      const weights = (await model.tensors()).get(`embeds.${index}.weight`)!;
      const counts = levelCounts(model, index, tableOfRanges(bench));
      const order = levels.map((_, i) => i);
      if (counts) order.sort((a, b) => counts[b] - counts[a] || a - b);
      const shown = order.slice(0, MAP_POINTS);
      // Row 0 is that of missing and unseen categories; the first level's is row 1.
      const values = Float64Array.from({ length: shown.length * width }, (_, i) => {
        return weights[(shown[Math.floor(i / width)] + 1) * width + (i % width)];
      });
      const { places, explained } = principalComponents(values, shown.length, width, 2);
      const axes = explained.length;
      return {
        column,
        labels: shown.map((level) => String(levels[level])),
        x: Float64Array.from(shown, (_, i) => places[i * axes]),
        y: Float64Array.from(shown, (_, i) => (axes > 1 ? places[i * axes + 1] : 0)),
        explained,
        width,
        counts: counts && Float64Array.from(shown, (level) => counts[level]),
        of: levels.length,
      };
    },

    /** The mean prediction as one column changes; null where it was stopped. */
    partialDependence(
      column: string,
      output: string,
      onProgress: (fraction: number) => void,
    ): Promise<Dependence | null> {
      return dependence.run(async (signal) => {
        const { model } = currentModel(bench);
        const known = knownRows(bench);
        const table = tableOfRanges(bench);
        const rows =
          typeof known === "string"
            ? typicalTable(model, table)
            : known.table.take(sampleRows(known.rows, DEPENDENCE_ROWS));
        const { grid, leftOut } = gridOf(model, column, table);
        const options = { signal, onDone: onProgress };
        const found = await partialDependence(rows, grid, predictionOf(model, output, signal), options);
        return {
          column,
          ...found,
          ...axisOf(grid, model),
          output,
          rows: rows.rows,
          kindOfRows: typeof known === "string" ? null : known.kind,
          leftOut,
        };
      });
    },

    stopDependence(): void {
      dependence.stop();
    },
  };
}

/** Whose number or probability a dependence can show. */
function outputNames({ preprocessing: { target } }: TabularModel): string[] {
  return target.task === "classification" ? target.classes.map(String) : [...target.names];
}

/** One number per row: the target in its unit, or the probability of a class. */
function predictionOf(model: TabularModel, output: string, signal: AbortSignal) {
  const at = outputNames(model).indexOf(output);
  if (at < 0) throw new Error(`The model has no output "${output}".`);
  const { target } = model.preprocessing;
  // Classes come behind the class predicted, labels' probabilities behind all labels.
  const offset = { regression: 0, classification: 1, multilabel: target.names.length }[target.task];
  return async (table: Table) => {
    const { columns } = await model.predictTable(table, { lenient: true, signal });
    return (columns[offset + at] as Extract<Column, { kind: "number" }>).values;
  };
}

function typicalTable(model: TabularModel, table: Table | null): Table {
  const fields = formFields(model.preprocessing, table);
  return Table.fromRecords([typicalValues(fields, table)], model.preprocessing);
}

/** A column's values in some thousand rows. */
function sampled(table: Table, name: string): Column {
  const all = Uint32Array.from({ length: table.rows }, (_, row) => row);
  return Table.fromColumns([table.column(name)]).take(sampleRows(all, COUNTED_ROWS)).columns[0];
}

/** Rows with each category of the model's column `index`, in a sample of the table; null where it lacks columns. */
function levelCounts(
  { preprocessing }: TabularModel,
  index: number,
  table: Table | null,
): Float64Array | null {
  if (!table || inputColumns(preprocessing).some(({ name }) => !table.has(name))) return null;
  const all = Uint32Array.from({ length: table.rows }, (_, row) => row);
  const sample = table.take(sampleRows(all, COUNTED_ROWS));
  const { codes } = encodeTable(sample, preprocessing, { targets: "none", lenient: true });
  const { categorical } = preprocessing;
  const counts = new Float64Array(categorical[index].levels.length);
  for (let row = 0; row < sample.rows; row++) {
    const code = codes[row * categorical.length + index];
    if (code > 0) counts[code - 1]++;
  }
  return counts;
}

/** The values that a column takes. */
function gridOf(model: TabularModel, name: string, table: Table | null): { grid: Column; leftOut: number } {
  const { categorical, dateParts } = model.preprocessing;
  const index = categorical.findIndex((vocab) => vocab.name === name);
  if (index >= 0) {
    const vocab = categorical[index];
    const { indices, leftOut } = shownLevels(vocab, levelCounts(model, index, table));
    return { grid: levelsColumn(vocab, indices), leftOut };
  }
  const field = formFields(model.preprocessing, table).find((candidate) => candidate.name === name);
  if (!field) throw new Error(`The model has no column "${name}".`);
  const column = table?.has(name) ? sampled(table, name) : null;
  if (dateParts.some((part) => part.column === name)) {
    if (column?.kind !== "date") throw new Error(`The dates of "${name}" are not known without its table.`);
    return { grid: { kind: "date", name, values: quantileGrid(column.values) }, leftOut: 0 };
  }
  if (field.kind !== "number") throw new Error(`"${name}" is no number.`);
  const known =
    column?.kind === "number" || column?.kind === "boolean"
      ? quantileGrid(column.kind === "boolean" ? [0, 1] : column.values)
      : Float64Array.from({ length: 25 }, (_, i) => field.min + ((field.max - field.min) * i) / 24);
  return { grid: { kind: "number", name, values: known, integer: false }, leftOut: 0 };
}

/** How the grid is drawn: numbers and dates along a line, categories as bars. */
function axisOf(grid: Column, model: TabularModel): Pick<Dependence, "kind" | "x" | "labels"> {
  const vocab = model.preprocessing.categorical.find(({ name }) => name === grid.name);
  if (vocab || grid.kind === "text" || grid.kind === "boolean") {
    const labels =
      grid.kind === "text"
        ? grid.dictionary
        : Array.from<number>(grid.values).map((value) => {
            if (grid.kind === "boolean") return String(value === 1);
            return grid.kind === "date" ? dateText(value, false) : String(value);
          });
    return { kind: "category", labels, x: Float64Array.from(labels.keys()) };
  }
  const labels = Array.from(grid.values, (value) =>
    grid.kind === "date" ? dateText(value, false) : String(value),
  );
  return { kind: grid.kind, labels, x: grid.values };
}
