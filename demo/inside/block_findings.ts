/** Why a BatchNorm after every hidden layer: what two trainings showed of it, in sentences made of their numbers. */
import { counted, grouped } from "../ui/format.ts";
import { figure, lossFigure, share } from "./figures.ts";
import { averagedWords, besideLosses, between, CLEARLY, ends, rangeWords } from "./findings_words.ts";
import { lastLook, layerAt, levels, type Place } from "./layers.ts";
import type { Comparison, InsideResult, LayerLook, Look, Side } from "./types.ts";

/** A loss as many times the other's is no longer learning. */
const LOST = 3;
/** A growth or shrinking from the first to the last layer that is worth a word. */
const DRIFT = 1.5;
const MOSTLY_ZERO = 0.85;
/** Outputs that differ from row to row by less than this share of the other model's do not differ. */
const DEAD = 0.01;

export function blockFindings(comparison: Comparison): string[] {
  const { result, settings } = comparison;
  if (settings.layers.length === 0) return [];
  if (settings.change === "continuous") {
    return [
      reluSentence(comparison),
      "Here both models have it; switch off the one after every hidden layer to see what happens without.",
    ].filter((sentence) => sentence !== null);
  }
  const dead = deadSentence(comparison);
  return [
    reluSentence(comparison),
    startSentence(comparison),
    ...(dead ? [dead] : [driftSentence(comparison), zeroSentence(comparison)]),
    result && lossSentence(comparison, result),
    ...(result && bothLosses(result) ? besideLosses(comparison) : []),
  ].filter((sentence) => sentence !== null);
}

/** Hidden layers of a model, at its last look if no other is given. */
function layersOf(
  comparison: Comparison,
  side: Side,
  place: Place,
  look: Look | undefined = lastLook(comparison, side),
): LayerLook[] {
  return levels(comparison).flatMap(({ depth }) => {
    const layer = look && depth > 0 ? layerAt(look, depth, place) : undefined;
    return layer ? [layer] : [];
  });
}

function reluSentence(comparison: Comparison): string | null {
  const relus = layersOf(comparison, "with", "relu");
  const norms = layersOf(comparison, "with", "handed");
  if (relus.length === 0) return null;
  return (
    `A ReLU lets nothing negative through, so what leaves it is never centred: right after it the layers with BatchNorm ` +
    `have means ${between(relus.map(({ mean }) => mean))} and standard deviations ${between(relus.map(({ std }) => std))}. ` +
    `BatchNorm takes each unit’s mean over the batch away, divides by its spread, and applies a scale and a shift that it ` +
    `learns: what goes on to the next layer has means ${between(norms.map(({ mean }) => mean))} and standard deviations ` +
    `${between(norms.map(({ std }) => std))}.`
  );
}

/** Before anything was learned: what the weights as they were drawn make of the input. */
function startSentence(comparison: Comparison): string | null {
  const at = (side: Side) =>
    layersOf(comparison, side, "handed", comparison.looks[side][0]).map(({ std }) => std);
  const [withAll, without] = [at("with"), at("without")];
  if (without.length < 2) return null;
  return (
    `Before the first step, with the weights as they were drawn, the model without it hands on a standard deviation of ` +
    `${figure(without[0])} in layer 1 and of ${figure(without.at(-1)!)} in layer ${without.length}. With BatchNorm it is ` +
    `${rangeWords(withAll)} in every layer, however deep.`
  );
}

/** A network that gives every row the same answer, however far its layers drifted. */
function deadSentence(comparison: Comparison): string | null {
  const spreadAt = (side: Side) =>
    lastLook(comparison, side)?.layers.find(({ kind }) => kind === "linear")?.spread ?? Number.NaN;
  if (!(spreadAt("without") < DEAD * spreadAt("with"))) return null;
  const relus = layersOf(comparison, "without", "relu").map(({ nearZero }) => nearZero);
  const [, most] = ends(relus);
  const why =
    most >= MOSTLY_ZERO
      ? `: ${share(most)} of what the ReLUs of layer ${relus.indexOf(most) + 1} let through is zero or next to it. A unit ` +
        "that is zero for every row cannot learn any more"
      : "";
  return `Without it the network died: its output is the same for every row${why}.`;
}

function driftSentence(comparison: Comparison): string | null {
  const without = layersOf(comparison, "without", "handed");
  const withAll = layersOf(comparison, "with", "handed");
  if (without.length < 2) return null;
  const [first, last] = [without[0].std, without.at(-1)!.std];
  const path = `from ${figure(first)} in layer 1 to ${figure(last)} in layer ${without.length}`;
  const beside = `With BatchNorm it goes from ${figure(withAll[0].std)} to ${figure(withAll.at(-1)!.std)}.`;
  if (![first, last].every(Number.isFinite)) {
    return `Without it the activations ran away until they were no numbers any more. ${beside}`;
  }
  const ratio = last / first;
  const grows = ratio >= DRIFT;
  if (!grows && !(ratio <= 1 / DRIFT)) {
    return `Without it the standard deviation changes little down the network this time, ${path}. ${beside}`;
  }
  const ratioWith = withAll.at(-1)!.std / withAll[0].std;
  const change = grows ? times(ratio) : first > 0 ? `${share(ratio)} of it` : "";
  const changeWith = grows ? times(ratioWith) : `${share(ratioWith)} of it`;
  // How many times the change without BatchNorm is that with it, in the direction without.
  const contrast = grows ? ratio / ratioWith : ratioWith / ratio;
  if (contrast < DRIFT) {
    const both = `without it the standard deviation goes ${path}, ${change}, with BatchNorm from ${figure(withAll[0].std)} to ${figure(withAll.at(-1)!.std)}, ${changeWith}`;
    const verb = grows ? "grows" : "fades";
    if (contrast < 1 / DRIFT) return `The signal ${verb} even more with BatchNorm this time: ${both}.`;
    const withToo = grows ? ratioWith >= DRIFT : ratioWith <= 1 / DRIFT;
    return withToo
      ? `The signal ${verb} alike in both models this time: ${both}.`
      : `The signal ${verb} little more without BatchNorm than with it this time: ${both}.`;
  }
  if (grows) {
    return (
      `Without it nothing pulls the activations back, and each layer hands its drift to the next: their standard ` +
      `deviation grows ${path}, ${change}. ${beside}`
    );
  }
  return `Without it the signal fades on its way: its standard deviation shrinks ${path}${change && `, ${change}`}. ${beside}`;
}

function times(ratio: number): string {
  return ratio < 10
    ? `${ratio.toFixed(1)} times as much`
    : `${grouped(Number(ratio.toPrecision(2)))} times as much`;
}

function zeroSentence(comparison: Comparison): string | null {
  const without = layersOf(comparison, "without", "relu");
  const [, most] = ends(without.map(({ nearZero }) => nearZero));
  if (!(most >= MOSTLY_ZERO)) return null;
  const layer = without.findIndex(({ nearZero }) => nearZero === most) + 1;
  const [, mostWith] = ends(layersOf(comparison, "with", "relu").map(({ nearZero }) => nearZero));
  return (
    `Without it ${share(most)} of what the ReLUs of layer ${layer} let through is zero or next to it, with BatchNorm at most ` +
    `${share(mostWith)}. A unit that is zero for every row cannot learn any more.`
  );
}

const bothLosses = ({ sides }: InsideResult) =>
  sides.with.trainLoss !== null && sides.without.trainLoss !== null;

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
  const losses =
    `${lossFigure(withAll.trainLoss)} with BatchNorm, ${lossFigure(without.trainLoss)} without ` +
    `(${averagedWords(sides)})`;
  const ratio = without.trainLoss / withAll.trainLoss;
  if (ratio >= LOST) {
    return `${rate} only the model with BatchNorm learns: the training loss ends at ${losses}. Rates that would wreck the other are safe with it, which is much of why it is there. ${lower}`;
  }
  if (ratio >= CLEARLY) return `${rate} BatchNorm helps: the training loss ends at ${losses}. ${lower}`;
  if (ratio > 1 / CLEARLY) {
    return `${rate} the training losses end close together, at ${losses}: both can learn at this rate, and another seed may turn them round. BatchNorm pays where the rate is higher or the network deeper.`;
  }
  return `${rate} the model without BatchNorm is ahead: the training loss ends at ${losses}. BatchNorm is no gain in itself; it pays where the rate is higher or the network deeper.`;
}
