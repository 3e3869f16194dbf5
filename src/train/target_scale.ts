import type { TabularData } from "../data/tabular_data.ts";

/** Beyond this many units, a mean or a spread takes a network long to reach. */
const FAR = 20;
/** A mean this many spreads from 0 is what the network learns first, and for long. */
const FAR_SPREADS = 3;

/**
 * What is wrong with the scale of a regression target, and what to do: a new model's outputs lie around 0 and move
 * by about the learning rate a step, so a target that averages 350,000, or the logarithm of it, 12.8, may not be
 * reached at all. A `yRange` puts the start into the middle of the target.
 *
 * Looks at the training rows, as the model learns them (after the logarithm).
 *
 * @returns one text, or null where there is nothing to say: another task, a `yRange`, a target near 0
 */
export function targetScaleWarning(
  data: Pick<TabularData, "preprocessing" | "encoded" | "trainRows">,
  yRange: readonly [number, number] | null | undefined,
): string | null {
  const { target } = data.preprocessing;
  if (target.task !== "regression" || yRange) return null;
  const scales = target.names.map((_, column) => scaleOf(data, column, target.names.length));
  const far = scales.findIndex(isFar);
  if (far < 0) return null;
  const { mean, std } = scales[far];
  const low = Math.min(...scales.map(({ min }) => min));
  const high = Math.max(...scales.map(({ max }) => max));
  const what = `Target "${target.names[far]}"${target.log ? " as a logarithm" : ""} has mean ${short(mean)} and standard deviation ${short(std)}`;
  const problem = "a new model's outputs lie near 0 and may take very long to get there";
  return `${what}; ${problem}. ${advice(low, high, target.log)}`;
}

interface Scale {
  mean: number;
  std: number;
  min: number;
  max: number;
}

function isFar({ mean, std }: Scale): boolean {
  const away = Math.abs(mean);
  return (away > FAR_SPREADS * std && away > 1) || away > FAR || std > FAR;
}

function scaleOf(
  { encoded, trainRows }: Pick<TabularData, "encoded" | "trainRows">,
  column: number,
  width: number,
): Scale {
  const targets = encoded.targets!;
  let [sum, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of trainRows) {
    const value = targets[row * width + column];
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const mean = sum / trainRows.length;
  let squares = 0;
  for (const row of trainRows) squares += (targets[row * width + column] - mean) ** 2;
  return { mean, std: Math.sqrt(squares / trainRows.length), min, max };
}

function advice(low: number, high: number, log: boolean): string {
  if (log) return `Bound it with ${wideLog(low, high)}.`;
  const plain = wide(low, high);
  if (!(low > 0)) return `Bound it with ${plain}, or divide the target by a constant.`;
  return `Learn its logarithm with logTarget: true, ${wideLog(Math.log(low), Math.log(high))}, or bound it as it is with ${plain}.`;
}

/** 20 % of the span on each side: a sigmoid reaches neither of its bounds. */
function wide(low: number, high: number): string {
  const margin = 0.2 * (high - low);
  return yRangeText(low - margin, high + margin);
}

/** fastai's habit for logarithms: the largest target times 1.2, and here the smallest one divided by it. */
function wideLog(low: number, high: number): string {
  return yRangeText(low - Math.log(1.2), high + Math.log(1.2));
}

/** Rounded outwards to about two digits of the span. */
function yRangeText(low: number, high: number): string {
  const digits = 1 - Math.floor(Math.log10(high - low));
  const unit = 10 ** digits;
  const [from, to] = [Math.floor(low * unit) / unit, Math.ceil(high * unit) / unit];
  return `yRange: [${Number(from.toPrecision(12))}, ${Number(to.toPrecision(12))}]`;
}

function short(value: number): string {
  return Number(value.toPrecision(4)).toString();
}
