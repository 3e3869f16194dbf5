/** The line charts of the panel. */
import type { Line, Lines } from "../charts/line_chart.ts";
import { figure, lossFigure } from "./figures.ts";
import { lastLook, layerAt, levels, type Metric, type Place, SIDES, sideWords } from "./layers.ts";
import type { Comparison, Side } from "./types.ts";

/** A mean this far from 0 runs out of the picture, so that the others stay readable; the table has it. */
const MEAN_SHOWN = 4;

/** A standard deviation below this is drawn as this: the axis is logarithmic. */
const LEAST_STD = 1e-3;

/** Colours in inside.css. */
const DEPTH_COLOURS = 9;

export const METRIC_WORDS: Readonly<Record<Metric, string>> = {
  std: "standard deviation",
  mean: "mean",
  nearZero: "share near zero",
};

/** Losses of both models, each the mean of the steps between two looks. */
export function lossLines(comparison: Comparison): Lines {
  const lines = SIDES.map((side): Line => {
    const seen = comparison.looks[side].filter(
      ({ loss }) => loss !== null && Number.isFinite(loss) && loss > 0,
    );
    return {
      label: side === "with" ? "with BatchNorm" : "without",
      colour: side === "with" ? "--series-1" : "--series-2",
      ...(side === "with" ? {} : { dash: [6, 4] }),
      x: seen.map(({ step }) => step),
      y: seen.map(({ loss }) => loss!),
    };
  });
  const ends = lines.map(({ label, y }) => `${label} ${lossFigure(y.at(-1) ?? Number.NaN)}`);
  return {
    lines,
    x: { label: "step", range: [0, comparison.settings.steps], whole: true },
    y: { log: true },
    read: lossFigure,
    height: 260,
    summary: `Training loss of both models by step, on a log scale. Latest: ${ends.join(", ")}.`,
  };
}

/** One number of every layer over the steps, for one model; both models' charts have the same axes. */
export function layerLines(comparison: Comparison, side: Side, metric: Metric, place: Place): Lines {
  const shown = levels(comparison);
  const lines = shown.map(({ depth, name }): Line => {
    const points = pointsOf(comparison, side, depth, metric, place);
    return {
      label: depth === 0 ? "columns" : name.toLowerCase(),
      colour: `--inside-depth-${Math.min(depth, DEPTH_COLOURS - 1)}`,
      ...(depth === 0 ? { dash: [3, 3] } : {}),
      ...points,
      end: depth === 0 ? "c" : String(depth),
    };
  });
  const last = lastLook(comparison, side);
  const ends = shown.map(({ depth, name }) => {
    const layer = last && layerAt(last, depth, place);
    return `${name.toLowerCase()} ${figure(layer?.[metric] ?? Number.NaN)}`;
  });
  return {
    lines,
    x: { label: "step", range: [0, comparison.settings.steps], whole: true },
    y: { log: metric === "std", range: sharedRange(comparison, metric, place) },
    read: figure,
    height: 280,
    summary:
      `The ${METRIC_WORDS[metric]} of every layer’s activations by step, ${sideWords(side, comparison)}. ` +
      `Latest: ${ends.join(", ")}.`,
  };
}

function pointsOf({ looks }: Comparison, side: Side, depth: number, metric: Metric, place: Place) {
  const x: number[] = [];
  const y: number[] = [];
  for (const look of looks[side]) {
    const value = layerAt(look, depth, place)?.[metric];
    if (value === undefined || !Number.isFinite(value)) continue;
    x.push(look.step);
    y.push(metric === "std" ? Math.max(value, LEAST_STD) : value);
  }
  return { x, y };
}

/** What both models' lines reach. */
export function sharedRange(comparison: Comparison, metric: Metric, place: Place): [number, number] {
  if (metric === "nearZero") return [0, 1.02];
  const values = SIDES.flatMap((side) =>
    levels(comparison).flatMap(({ depth }) => pointsOf(comparison, side, depth, metric, place).y),
  );
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (metric === "std") return low <= high ? [low / 1.3, high * 1.3] : [0.1, 10];
  if (!(low <= high)) return [-1, 1];
  return [Math.max(-MEAN_SHOWN, Math.min(low, -0.5)) - 0.1, Math.min(MEAN_SHOWN, Math.max(high, 0.5)) + 0.1];
}
