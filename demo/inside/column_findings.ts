/** Why a BatchNorm on columns that are normalised already: what two trainings showed of it. */
import { counted, grouped } from "../ui/format.ts";
import { figure, lossFigure } from "./figures.ts";
import { averagedWords, besideLosses, CLEARLY } from "./findings_words.ts";
import { levels } from "./layers.ts";
import type { ColumnFacts, Comparison, InsideResult } from "./types.ts";

export function columnFindings(comparison: Comparison): string[] {
  const { result, settings, batch, trainRows } = comparison;
  const hasColumns = levels(comparison).some(({ depth }) => depth === 0);
  if (!hasColumns) return ["This table has no continuous columns, so there is nothing for it to do."];
  const columns = result?.columns ?? [];
  if (columns.length === 0) return [];
  return [
    batchSentence(columns, batch, trainRows),
    scaleSentence(columns, settings.steps),
    effectSentence(comparison, result!),
    ...(lossesCompared(comparison) ? besideLosses(comparison) : []),
  ].filter((sentence) => sentence !== null);
}

function batchSentence(columns: readonly ColumnFacts[], batch: number, trainRows: number): string {
  const width = ({ batchMeans: [low, high] }: ColumnFacts) => high - low;
  const widest = columns.reduce((a, b) => (width(b) > width(a) ? b : a));
  return (
    `The columns were normalised once, by the mean and standard deviation of all ${grouped(trainRows)} training rows. A ` +
    `batch is ${grouped(batch)} of them and never quite the same: over 50 batches the mean of “${widest.name}” ran from ` +
    `${figure(widest.batchMeans[0])} to ${figure(widest.batchMeans[1])}, its standard deviation from ` +
    `${figure(widest.batchStds[0])} to ${figure(widest.batchStds[1])}. BatchNorm centres every batch by its own.`
  );
}

function scaleSentence(columns: readonly ColumnFacts[], steps: number): string {
  const by = (key: "scale" | "shift") => [...columns].sort((a, b) => a[key] - b[key]);
  const [scales, shifts] = [by("scale"), by("shift")];
  const named = (column: ColumnFacts, key: "scale" | "shift") => `${figure(column[key])} (${column.name})`;
  const range = (sorted: ColumnFacts[], key: "scale" | "shift") =>
    sorted.length === 1
      ? named(sorted[0], key)
      : `between ${named(sorted[0], key)} and ${named(sorted.at(-1)!, key)}`;
  return (
    `It also has a scale and a shift for each column, which training may move; they begin at 1 and 0. After ` +
    `${counted(steps, "step")} scales are ${range(scales, "scale")}, shifts ${range(shifts, "shift")}: the model itself ` +
    `sets how much weight a column begins with.`
  );
}

/** Whether the effect below is one of losses. */
function lossesCompared({ settings, result }: Comparison): boolean {
  const { with: withAll, without } = result!.sides;
  return settings.change === "continuous" && withAll.trainLoss !== null && without.trainLoss !== null;
}

function effectSentence({ settings }: Comparison, { sides }: InsideResult): string | null {
  if (settings.change !== "continuous") {
    return "What this one does to the loss by itself is seen when only it is switched off.";
  }
  const { with: withAll, without } = sides;
  if (withAll.trainLoss === null || without.trainLoss === null) {
    return withAll.divergedAt !== null || without.divergedAt !== null
      ? `At a learning rate of ${settings.lr} a model fell apart; try a lower one.`
      : null;
  }
  const losses = `the training loss ends at ${lossFigure(withAll.trainLoss)} with it, at ${lossFigure(without.trainLoss)} without (${averagedWords(sides)})`;
  const ratio = without.trainLoss / withAll.trainLoss;
  if (ratio >= CLEARLY) return `Here it helps: ${losses}.`;
  if (ratio <= 1 / CLEARLY) return `Here the model does better without it: ${losses}.`;
  return `It has no clear effect here: ${losses}, and another seed may turn that round. The columns were normalised already.`;
}
