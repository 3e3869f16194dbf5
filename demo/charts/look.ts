/** What all charts have in common: axes, fonts and colours as the style sheet has them. */
import type uPlot from "uplot";
import { cssColour } from "../ui/theme.ts";

export { axisNumber, logSplits } from "./ticks.ts";

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
