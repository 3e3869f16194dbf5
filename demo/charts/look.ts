/** What all charts have in common: axes, fonts and colours as the style sheet has them. */
import type uPlot from "uplot";
import { cssColour } from "../ui/theme.ts";

export function chartFont(scale = 1): string {
  return `${12 * scale}px ${getComputedStyle(document.body).fontFamily}`;
}

/** An axis with its grid; colours are read when it is drawn, so that a redraw follows the theme. */
export function chartAxis(label?: string): uPlot.Axis {
  const line = { stroke: () => cssColour("--line"), width: 1 };
  const titled = label === undefined ? {} : { label, labelSize: 20, labelFont: chartFont() };
  return {
    stroke: () => cssColour("--muted"),
    font: chartFont(),
    grid: line,
    ticks: { ...line, size: 4 },
    ...titled,
  };
}

/** 1, 2 and 5 of every power of ten between the two; the powers alone where that would be many. */
export function logSplits(min: number, max: number): number[] {
  const steps = max / min > 200 ? [1] : [1, 2, 5];
  const splits: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
    for (const step of steps) splits.push(Number(`${step}e${power}`));
  }
  return splits.filter((split) => split >= min && split <= max);
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const plain = new Intl.NumberFormat("en", { maximumSignificantDigits: 5 });

/** A number beside an axis: 0.05, 250, 12K. */
export function axisNumber(x: number): string {
  return Math.abs(x) >= 10_000 ? compact.format(x) : plain.format(x).replace("-", "−");
}
