/** What two trainings showed, in sentences made of their numbers. */
import { counted, grouped } from "../ui/format.ts";
import { figure, lossFigure, share } from "./figures.ts";
import { lastLook, layerAt, levels } from "./layers.ts";
import type { ColumnFacts, Comparison, InsideResult, LayerLook } from "./types.ts";

export interface Findings {
  /** Why after every hidden layer. */
  readonly blocks: readonly string[];
  /** Why on continuous columns that are normalised already. */
  readonly continuous: readonly string[];
}

/** Losses closer than this to each other may as well be the other way round with another seed. */
const CLEARLY = 1.5;
/** A loss as many times the other's is no longer learning. */
const LOST = 3;
/** A growth or shrinking from the first to the last layer that is worth a word. */
const DRIFT = 1.5;
const MOSTLY_ZERO = 0.85;

/** @param trainRows rows that the table's mean and standard deviation come from */
export function findingsOf(comparison: Comparison, trainRows: number): Findings {
  const { result, settings } = comparison;
  const { change } = settings;
  const hidden = settings.layers.length;
  return {
    blocks: [
      reluSentence(comparison),
      ...(change === "continuous"
        ? [
            "Here both models have it; switch off the one after every hidden layer to see what happens without.",
          ]
        : [driftSentence(comparison), zeroSentence(comparison), result && lossSentence(comparison, result)]),
    ].filter((sentence) => sentence !== null && hidden > 0) as string[],
    continuous: continuousSentences(comparison, trainRows),
  };
}

const spread = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;
const between = (values: readonly number[]) => {
  const [low, high] = spread(values);
  return figure(low) === figure(high) ? `of ${figure(low)}` : `from ${figure(low)} to ${figure(high)}`;
};

/** Hidden layers of a model at its last look. */
function lastLayers(comparison: Comparison, side: "with" | "without", place: "handed" | "relu"): LayerLook[] {
  const look = lastLook(comparison, side);
  return levels(comparison).flatMap(({ depth }) => {
    const layer = look && depth > 0 ? layerAt(look, depth, place) : undefined;
    return layer ? [layer] : [];
  });
}

function reluSentence(comparison: Comparison): string | null {
  const relus = lastLayers(comparison, "with", "relu");
  const norms = lastLayers(comparison, "with", "handed");
  if (relus.length === 0) return null;
  return (
    `A ReLU lets nothing negative through, so what leaves it is never centred: right after it the layers with BatchNorm ` +
    `have means ${between(relus.map(({ mean }) => mean))} and standard deviations ${between(relus.map(({ std }) => std))}. ` +
    `BatchNorm takes each unit’s mean over the batch away, divides by its spread, and applies a scale and a shift that it ` +
    `learns: what goes on to the next layer has means ${between(norms.map(({ mean }) => mean))} and standard deviations ` +
    `${between(norms.map(({ std }) => std))}.`
  );
}

function driftSentence(comparison: Comparison): string | null {
  const without = lastLayers(comparison, "without", "handed");
  const withAll = lastLayers(comparison, "with", "handed");
  if (without.length < 2) return null;
  const [first, last] = [without[0].std, without.at(-1)!.std];
  const path = `from ${figure(first)} in layer 1 to ${figure(last)} in layer ${without.length}`;
  const beside = `With BatchNorm it goes from ${figure(withAll[0].std)} to ${figure(withAll.at(-1)!.std)}.`;
  if (![first, last].every(Number.isFinite)) {
    return `Without it the activations ran away until they were no numbers any more. ${beside}`;
  }
  const ratio = last / first;
  if (ratio >= DRIFT) {
    return (
      `Without it nothing pulls the activations back, and each layer hands its drift to the next: their standard ` +
      `deviation grows ${path}, ${times(ratio)}. ${beside}`
    );
  }
  if (ratio <= 1 / DRIFT) {
    const left = first > 0 ? `, ${share(ratio)} of it` : "";
    return `Without it the signal fades on its way: its standard deviation shrinks ${path}${left}. ${beside}`;
  }
  return `Without it the standard deviation changes little down the network this time, ${path}. ${beside}`;
}

function times(ratio: number): string {
  return ratio < 10
    ? `${ratio.toFixed(1)} times as much`
    : `${grouped(Number(ratio.toPrecision(2)))} times as much`;
}

function zeroSentence(comparison: Comparison): string | null {
  const without = lastLayers(comparison, "without", "relu");
  const [, most] = spread(without.map(({ nearZero }) => nearZero));
  if (!(most >= MOSTLY_ZERO)) return null;
  const layer = without.findIndex(({ nearZero }) => nearZero === most) + 1;
  const [, mostWith] = spread(lastLayers(comparison, "with", "relu").map(({ nearZero }) => nearZero));
  return (
    `Without it ${share(most)} of what the ReLUs of layer ${layer} let through is zero or next to it, with BatchNorm at most ` +
    `${share(mostWith)}. A unit that is zero for every row cannot learn any more.`
  );
}

function lossSentence({ settings }: Comparison, { sides }: InsideResult): string | null {
  const rate = `At a learning rate of ${settings.lr}`;
  const { with: withAll, without } = sides;
  const lower = "Try a lower rate, and see whether the gap closes.";
  if (withAll.divergedAt !== null && without.divergedAt !== null) {
    return `${rate} both models fell apart: their losses were no longer numbers. Try a lower one.`;
  }
  if (without.divergedAt !== null) {
    return `${rate} the model without it fell apart: its loss was no longer a number after ${counted(without.divergedAt, "step")}. ${lower}`;
  }
  if (withAll.divergedAt !== null) {
    return `${rate} it was the model with BatchNorm that fell apart, after ${counted(withAll.divergedAt, "step")}. Try a lower rate.`;
  }
  if (withAll.trainLoss === null || without.trainLoss === null) return null;
  const losses = `${lossFigure(withAll.trainLoss)} with BatchNorm, ${lossFigure(without.trainLoss)} without`;
  const ratio = without.trainLoss / withAll.trainLoss;
  if (ratio >= LOST) {
    return `${rate} only the model with BatchNorm learns: the loss ends at ${losses}. Rates that would wreck the other are safe with it, which is much of why it is there. ${lower}`;
  }
  if (ratio >= CLEARLY) return `${rate} BatchNorm helps: the loss ends at ${losses}. ${lower}`;
  if (ratio > 1 / CLEARLY) {
    return `${rate} the losses end close together, at ${losses}: both can learn at this rate, and another seed may turn them round. BatchNorm pays where the rate is higher or the network deeper.`;
  }
  return `${rate} the model without BatchNorm is ahead: the loss ends at ${losses}. BatchNorm is no gain in itself; it pays where the rate is higher or the network deeper.`;
}

function continuousSentences(comparison: Comparison, trainRows: number): string[] {
  const { result, settings, batch } = comparison;
  const hasColumns = levels(comparison).some(({ depth }) => depth === 0);
  if (!hasColumns) return ["This table has no continuous columns, so there is nothing for it to do."];
  const columns = result?.columns ?? [];
  if (columns.length === 0) return [];
  return [
    batchSentence(columns, batch, trainRows),
    scaleSentence(columns, settings.steps),
    effectSentence(comparison, result!),
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
  const losses = `the loss ends at ${lossFigure(withAll.trainLoss)} with it, at ${lossFigure(without.trainLoss)} without`;
  const ratio = without.trainLoss / withAll.trainLoss;
  if (ratio >= CLEARLY) return `Here it helps: ${losses}.`;
  if (ratio <= 1 / CLEARLY) return `Here the model does better without it: ${losses}.`;
  return `Its effect is small: ${losses}, and another seed may turn that round. The columns were normalised already.`;
}
