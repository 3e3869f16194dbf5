/** What this panel knows, and what it does when the current model changes. */
import { effect, signal } from "@preact/signals-core";
import { proxy } from "comlink";
import { currentModel, data, table } from "../session.ts";
import { studio } from "../studio.ts";
import { EMPTY, type Loadable, latest, messageOf, ready } from "../ui/loadable.ts";
import { settled } from "../ui/settled.ts";
import type { Dependence, EmbeddingMap, Importance, Understandable } from "./types.ts";

export const understandable = signal<Loadable<Understandable>>(EMPTY);

export const measure = signal("");
export const importance = signal<Loadable<Importance>>(EMPTY);

export const mapColumn = signal("");
export const map = signal<Loadable<EmbeddingMap>>(EMPTY);

export const dependenceColumn = signal("");
export const dependenceOutput = signal("");
export const dependence = signal<Loadable<Dependence>>(EMPTY);

/** The version of the model that is looked at; answers about older ones are dropped. */
let shown = -1;

async function look(version: number): Promise<void> {
  shown = version;
  importance.value = EMPTY;
  understandable.value = {
    state: "loading",
    note: "Looking into the model",
    value: latest(understandable.peek()),
  };
  try {
    const next = await studio.understandable();
    if (shown !== version) return;
    understandable.value = ready(next);
    keepOrChoose(measure, next.measures, next.measures[0]);
    keepOrChoose(mapColumn, columnsOf(next), tellingColumn(next));
    keepOrChoose(dependenceColumn, next.inputs, next.inputs.at(-1));
    keepOrChoose(dependenceOutput, next.outputs, next.outputs[0]);
    await Promise.all([drawMap(), drawDependence()]);
  } catch (error) {
    if (shown === version) understandable.value = { state: "failed", message: messageOf(error) };
  }
}

const columnsOf = ({ embeddings }: Understandable) => embeddings.map(({ column }) => column);

/** A column with enough categories for a map and few enough to read them all. */
function tellingColumn({ embeddings }: Understandable): string | undefined {
  const readable = embeddings.filter(({ categories }) => categories >= 5 && categories <= 40);
  const most = (columns: Understandable["embeddings"]) =>
    columns.reduce<Understandable["embeddings"][number] | undefined>(
      (best, each) => (best && best.categories >= each.categories ? best : each),
      undefined,
    );
  return (most(readable) ?? most(embeddings))?.column;
}

/** What was chosen stays where the new model has it too. */
function keepOrChoose(choice: typeof measure, names: readonly string[], usual = ""): void {
  if (!names.includes(choice.peek())) choice.value = usual;
}

export async function measureImportance(): Promise<void> {
  const version = shown;
  const before = latest(importance.peek());
  const running = (fraction: number) => {
    if (version !== shown) return;
    importance.value = {
      state: "loading",
      note: "Shuffling one column after the other",
      fraction,
      value: before,
    };
  };
  running(0);
  let done = false;
  try {
    const by = measure.peek();
    const tell = (fraction: number) => {
      if (!done) running(fraction);
    };
    const result = await studio.permutationImportance(by, proxy(tell));
    done = true;
    if (version === shown) importance.value = result ? ready(result) : before ? ready(before) : EMPTY;
  } catch (error) {
    done = true;
    if (version === shown) importance.value = { state: "failed", message: messageOf(error), value: before };
  }
}

export function stopImportance(): void {
  void studio.stopImportance();
}

export async function chooseMap(column: string): Promise<void> {
  mapColumn.value = column;
  await drawMap();
}

async function drawMap(): Promise<void> {
  const [version, column] = [shown, mapColumn.peek()];
  if (column === "") {
    map.value = EMPTY;
    return;
  }
  const current = () => version === shown && column === mapColumn.peek();
  map.value = { state: "loading", note: "Drawing the map", value: latest(map.peek()) };
  try {
    const result = await studio.embeddingMap(column);
    if (current()) map.value = ready(result);
  } catch (error) {
    if (current()) map.value = { state: "failed", message: messageOf(error) };
  }
}

export async function chooseDependence(column: string, output: string): Promise<void> {
  dependenceColumn.value = column;
  dependenceOutput.value = output;
  await drawDependence();
}

/** Draws the dependence; the worker drops one that is under way. */
export async function drawDependence(): Promise<void> {
  const [version, column, output] = [shown, dependenceColumn.peek(), dependenceOutput.peek()];
  const before = latest(dependence.peek());
  const current = () =>
    version === shown && column === dependenceColumn.peek() && output === dependenceOutput.peek();
  let done = false;
  const running = (fraction: number) => {
    if (done || !current()) return;
    dependence.value = { state: "loading", note: `Trying values of ${column}`, fraction, value: before };
  };
  running(0);
  try {
    const result = await studio.partialDependence(column, output, proxy(running));
    done = true;
    if (current()) dependence.value = result ? ready(result) : before ? ready(before) : EMPTY;
  } catch (error) {
    done = true;
    if (current()) dependence.value = { state: "failed", message: messageOf(error), value: before };
  }
}

export function stopDependence(): void {
  void studio.stopDependence();
}

function empty(): void {
  shown = -1;
  for (const each of [understandable, importance, map, dependence]) each.value = EMPTY;
}

/** The table that a model from a file can be held against may come after it. */
effect(() => {
  const model = latest(currentModel.value);
  if (!model) empty();
  else if (model.hasRows || settled(table.value, data.value)) void look(model.version);
});
