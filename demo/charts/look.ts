/** What all charts have in common: axes, fonts and colours as the style sheet has them. */
import type uPlot from "uplot";
import { cssColour } from "../ui/theme.ts";
import { thinTicks, ticksOf } from "./ticks.ts";

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

const GAP = 12;
/** What uPlot leaves from one number to the next, at least: on an axis to the side, and below. */
const [ROW, COLUMN] = [30, 50];

function widest(u: uPlot, texts: readonly string[]): number {
  u.ctx.save();
  u.ctx.font = chartFont();
  const width = Math.max(0, ...texts.map((text) => u.ctx.measureText(text).width));
  u.ctx.restore();
  return width;
}

/**
 * Numbers on an axis that do not touch: on a plain one the marks are as far apart as the widest number is, on a log one
 * they are where `ticksOf` has them and some have no number.
 */
export function roomyNumbers(
  write: (x: number) => string,
  log = false,
): Pick<uPlot.Axis, "space" | "splits" | "filter" | "values"> {
  const upright = (u: uPlot, axis: number) => (u.axes[axis].side ?? 0) % 2 === 1;
  return {
    ...(log
      ? {
          splits: (_u: uPlot, _axis: number, min: number, max: number) => ticksOf(min, max),
          filter: (_u: uPlot, splits: number[]) => splits,
        }
      : {}),
    space: (u, axis, min, max) =>
      upright(u, axis) ? ROW : Math.max(COLUMN, widest(u, [write(min), write(max)]) + GAP),
    values: (u, splits, axis) => {
      const texts = splits.map((split) => (split === null ? "" : write(split)));
      const { min, max } = u.scales[u.axes[axis].scale ?? "x"];
      if (!log || !(min! < max!)) return texts;
      const side = upright(u, axis);
      const length = (side ? u.bbox.height : u.bbox.width) / devicePixelRatio;
      const at = (tick: number) => (length * Math.log(tick / min!)) / Math.log(max! / min!);
      const kept = new Set(thinTicks(splits, at, side ? ROW / 2 : widest(u, texts) + GAP));
      return texts.map((text, i) => (kept.has(splits[i]) ? text : ""));
    },
  };
}
