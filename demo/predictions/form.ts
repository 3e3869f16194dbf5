/** The form for a model: what can be asked in each field, and where to start. */
import { type Column, inputColumns, type PreprocessingState, type Table } from "tabgpu";
import { extent } from "../data/extent.ts";
import { sampleRows } from "../worker/sampling.ts";
import type { FieldValue, FieldValues, FormField } from "./types.ts";

/** Rows that the typical values are taken from. */
const TYPICAL_ROWS = 20_000;
/** Where no rows are at hand, a slider spans the mean ± this many standard deviations. */
const GUESSED_SPREAD = 2.5;
const SLIDER_STEPS = 200;
const DAY = 86_400_000;

/** A field per input column; ranges from the table where there is one with that column. */
export function formFields(state: PreprocessingState, table: Table | null): FormField[] {
  return inputColumns(state).map(({ name, type }): FormField => {
    const column = table?.has(name) ? table.column(name) : null;
    const datePart = state.dateParts.find((part) => part.column === name);
    if (datePart) {
      const range = column && dateRange(column);
      const { time } = datePart;
      return {
        kind: "date",
        name,
        min: range && dateText(range[0], time),
        max: range && dateText(range[1], time),
        time,
      };
    }
    const vocab = state.categorical.find((candidate) => candidate.name === name);
    if (vocab) return { kind: "category", name, type: vocab.type, options: vocab.levels };
    if (type !== "continuous") throw new Error(`Column "${name}" has no vocabulary.`);
    return numberField(name, state, column);
  });
}

function numberField(name: string, state: PreprocessingState, column: Column | null): FormField {
  const { mean, std } = state.continuous.find((candidate) => candidate.name === name)!;
  const fill = state.fillMissing[name] ?? mean;
  const values = column && numbersOf(column);
  const range = values && extent(values);
  if (range && range[0] < range[1]) {
    const whole = values.every((value) => Number.isNaN(value) || Number.isInteger(value));
    const step = whole ? 1 : niceStep((range[1] - range[0]) / SLIDER_STEPS);
    const min = Math.floor(range[0] / step) * step;
    const max = Math.ceil(range[1] / step) * step;
    return { kind: "number", name, min: tidy(min), max: tidy(max), step, seen: true, fill };
  }
  const spread = std > 0 ? std : 1;
  const step = niceStep((2 * GUESSED_SPREAD * spread) / SLIDER_STEPS);
  const min = tidy(Math.floor((mean - GUESSED_SPREAD * spread) / step) * step);
  const max = tidy(Math.ceil((mean + GUESSED_SPREAD * spread) / step) * step);
  return { kind: "number", name, min, max, step, seen: false, fill };
}

/** A usual row: the most frequent category, the median number, the middle date; without rows what the model knows. */
export function typicalValues(fields: readonly FormField[], table: Table | null): FieldValues {
  const all = Uint32Array.from({ length: table?.rows ?? 0 }, (_, row) => row);
  const rows = sampleRows(all, TYPICAL_ROWS);
  const values = fields.map((field): [string, FieldValue] => {
    const column = table?.has(field.name) ? table.column(field.name) : null;
    if (column) {
      const sample = new Map<FieldValue, number>();
      const seen: FieldValue[] = [];
      for (const row of rows) {
        const value = fieldValue(column, row, field.kind === "date" && field.time);
        if (value === null) continue;
        seen.push(value);
        sample.set(value, (sample.get(value) ?? 0) + 1);
      }
      if (seen.length > 0) {
        if (field.kind === "category") return [field.name, mostFrequent(sample)];
        if (field.kind === "date") return [field.name, seen.sort()[seen.length >> 1]];
        const numbers = Float64Array.from(seen, Number).sort();
        return [field.name, numbers[numbers.length >> 1]];
      }
    }
    if (field.kind === "category") return [field.name, field.options[0] ?? null];
    if (field.kind === "date") return [field.name, field.max];
    return [field.name, tidy(Math.round(field.fill / field.step) * field.step)];
  });
  return Object.fromEntries(values);
}

function mostFrequent(counts: ReadonlyMap<FieldValue, number>): FieldValue {
  let best: [FieldValue, number] = [null, 0];
  for (const entry of counts) if (entry[1] > best[1]) best = entry;
  return best[0];
}

/** A cell as a field holds it. */
export function fieldValue(column: Column, row: number, time = false): FieldValue {
  switch (column.kind) {
    case "text":
      return column.codes[row] < 0 ? null : column.dictionary[column.codes[row]];
    case "boolean":
      return column.values[row] > 1 ? null : column.values[row] === 1;
    case "date":
      return Number.isNaN(column.values[row]) ? null : dateText(column.values[row], time);
    case "number":
      return Number.isNaN(column.values[row]) ? null : column.values[row];
  }
}

/** A row of a table as the form holds it: a value for each field. */
export function rowValues(fields: readonly FormField[], table: Table, row: number): FieldValues {
  return Object.fromEntries(
    fields.map((field) => {
      const value = fieldValue(table.column(field.name), row, field.kind === "date" && field.time);
      return [field.name, field.kind === "number" && typeof value === "boolean" ? Number(value) : value];
    }),
  );
}

/** 2015-07-31, or with the time 2015-07-31T13:45 as a browser's field has it. */
export function dateText(ms: number, time: boolean): string {
  return new Date(ms).toISOString().slice(0, time ? 16 : 10);
}

function dateRange(column: Column): [number, number] | null {
  if (column.kind === "text") {
    const days = column.dictionary.map((text) => Date.parse(text.length === 10 ? `${text}T00:00Z` : text));
    return extent(Float64Array.from(days));
  }
  const range = column.kind === "date" ? extent(column.values) : null;
  return range && [Math.floor(range[0] / DAY) * DAY, range[1]];
}

function numbersOf(column: Column): Float64Array | null {
  if (column.kind === "number") return column.values;
  if (column.kind !== "boolean") return null;
  return Float64Array.from(column.values, (value) => (value > 1 ? Number.NaN : value));
}

/** 1, 2 or 5 times a power of ten, at most `step`. */
export function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [5, 2, 1].find((candidate) => candidate * power <= step * (1 + 1e-9)) ?? 1;
  return tidy(factor * power);
}

/** Without the last digits that multiplying by a step leaves: 0.30000000000000004 → 0.3. */
function tidy(x: number): number {
  return Number(x.toPrecision(12));
}
