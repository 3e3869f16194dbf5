import uPlot from "uplot";
import { exactNumber } from "../ui/format.ts";
import { cssColour } from "../ui/theme.ts";
import type { Chart } from "./chart.ts";
import { chartAxis, chartFont, roomyNumbers } from "./look.ts";
import { type LabelBox, placeLabels } from "./thin_labels.ts";
import { axisNumber } from "./ticks.ts";

export interface Points {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly xLabel: string;
  /** Empty where y tells nothing: the points lie on a line, and there is no second axis. */
  readonly yLabel: string;
  /** Logarithmic axes; all numbers above 0. */
  readonly log?: boolean;
  /** One range for both axes and a line where x equals y. */
  readonly diagonal?: boolean;
  /** The same distance on both axes is the same distance on the screen. */
  readonly equalUnits?: boolean;
  /** Written beside the points as far as there is room, the first ones first. */
  readonly labels?: readonly string[];
  /** What a reader who does not see it should know. */
  readonly summary: string;
}

const EPSILON = 1e-300;
const LINE = 14;

/** Points on two axes, of which one is told under the pointer. */
export class PointChart implements Chart<Points> {
  readonly #host: HTMLElement;
  #chart: uPlot | null = null;

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  show(points: Points): void {
    this.#chart?.destroy();
    if (this.#host.clientWidth === 0 || points.x.length === 0) return;
    // uPlot wants x ascending.
    const order = Array.from(points.x, (_, i) => i).sort((a, b) => points.x[a] - points.x[b]);
    const data = [order.map((i) => points.x[i]), order.map((i) => points.y[i])] as [number[], number[]];
    this.#chart = new uPlot(this.#options(points, data, order), data, this.#host);
    this.#chart.root.classList.add("points");
    const { canvas } = this.#chart.ctx;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", points.summary);
  }

  dispose(): void {
    this.#chart?.destroy();
    this.#chart = null;
  }

  #options(points: Points, data: [number[], number[]], order: readonly number[]): uPlot.Options {
    const { width, height } = this.#size(points);
    const distr = points.log ? 3 : 1;
    const ranges = rangesOf(points, data);
    const range =
      (axis: "x" | "y") =>
      (u: uPlot): [number, number] => {
        if (!points.equalUnits) return ranges[axis];
        return equalised(ranges, u)[axis];
      };
    const axis = (label: string, size?: number): uPlot.Axis => ({
      ...chartAxis(label),
      ...(size === undefined ? {} : { size }),
      ...roomyNumbers(axisNumber, points.log),
    });
    const told = (value: number | null) => (value === null ? "–" : exactNumber(value));
    return {
      width,
      height,
      padding: [12, 12, null, null],
      scales: {
        x: { time: false, distr, range: range("x") },
        y: { distr, range: range("y") },
      },
      axes: [axis(points.xLabel, 36), { ...axis(points.yLabel, 56), show: points.yLabel !== "" }],
      series: [
        {
          label: points.xLabel,
          value: (_u, value, _s, at) => {
            const name = at == null || !points.labels ? "" : `${points.labels[order[at]]} at `;
            return name + told(value);
          },
        },
        {
          label: points.yLabel,
          paths: () => null,
          stroke: () => cssColour("--series-1"),
          points: {
            show: true,
            size: points.labels ? 7 : 5,
            width: 0,
            fill: () => cssColour(points.labels ? "--series-1" : "--points"),
          },
          value: (_u, value) => (points.yLabel === "" ? "" : told(value)),
        },
      ],
      legend: { markers: { show: false } },
      cursor: {
        drag: { setScale: false, x: false, y: false },
        x: false,
        y: false,
        dataIdx: (u, series, hovered) => (series === 1 ? nearest(u, data) : hovered),
        points: { size: 9, fill: () => cssColour("--series-2") },
      },
      hooks: {
        draw: [
          (u) => {
            if (points.diagonal) drawDiagonal(u, ranges.x);
            if (points.labels) drawLabels(u, points);
          },
        ],
        setCursor: [
          (u) => {
            alignLegend(u, data);
            u.root.classList.toggle("pointed", (u.cursor.left ?? -1) >= 0);
          },
        ],
      },
    };
  }

  #size({ labels, yLabel }: Points): { width: number; height: number } {
    const width = this.#host.clientWidth;
    if (yLabel === "") return { width, height: 160 };
    const height = Math.round(Math.min(labels ? 480 : 420, Math.max(280, width * 0.72)));
    return { width, height };
  }
}

/** The legend tells both numbers of the point that is nearest, not those of two points. */
function alignLegend(u: uPlot, data: [number[], number[]]): void {
  const at = u.cursor.left === undefined || u.cursor.left < 0 ? null : nearest(u, data);
  if (at !== null && u.legend.idxs?.[0] !== at) u.setLegend({ idxs: [at, at] });
}

/** The point that is nearest to the pointer on the screen. */
function nearest(u: uPlot, [x, y]: [number[], number[]]): number {
  const { left = 0, top = 0 } = u.cursor;
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let i = 0; i < x.length; i++) {
    const distance = (u.valToPos(x[i], "x") - left) ** 2 + (u.valToPos(y[i], "y") - top) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

function rangesOf({ log, diagonal }: Points, [x, y]: [number[], number[]]) {
  const padded = (values: number[]): [number, number] => {
    let [min, max] = [values[0], values[0]];
    for (const value of values) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    if (log) return [Math.max(min, EPSILON) / 1.1, Math.max(max, EPSILON) * 1.1];
    const room = (max - min || Math.abs(max) || 1) * 0.05;
    return [min - room, max + room];
  };
  if (!diagonal) return { x: padded(x), y: padded(y) };
  const both = padded([...x, ...y]);
  return { x: both, y: both };
}

/** The ranges, one of them widened until a unit is as long on both axes. */
function equalised({ x, y }: { x: [number, number]; y: [number, number] }, u: uPlot) {
  // Before the first layout the box is the chart without its axes.
  const width = u.bbox.width || (u.width - 76) * devicePixelRatio;
  const height = u.bbox.height || (u.height - 60) * devicePixelRatio;
  const unit = Math.max((x[1] - x[0]) / width, (y[1] - y[0]) / height);
  const widened = ([min, max]: [number, number], size: number): [number, number] => {
    const room = (unit * size - (max - min)) / 2;
    return [min - room, max + room];
  };
  return { x: widened(x, width), y: widened(y, height) };
}

function drawDiagonal(u: uPlot, [min, max]: [number, number]): void {
  const { ctx } = u;
  ctx.save();
  ctx.strokeStyle = cssColour("--series-2");
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(u.valToPos(min, "x", true), u.valToPos(min, "y", true));
  ctx.lineTo(u.valToPos(max, "x", true), u.valToPos(max, "y", true));
  ctx.stroke();
  ctx.restore();
}

function drawLabels(u: uPlot, { x, y, labels = [] }: Points): void {
  const { ctx, bbox } = u;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.font = chartFont(scale);
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  ctx.fillStyle = cssColour("--ink");
  const height = LINE * scale;
  const dot = 8 * scale;
  const points = labels.map((_, i) => ({ x: u.valToPos(x[i], "x", true), y: u.valToPos(y[i], "y", true) }));
  const texts = labels.map((label) => (label.length > 24 ? `${label.slice(0, 23)}…` : label));
  const places = points.map((point, i) => {
    const width = ctx.measureText(texts[i]).width;
    const box = (left: number, top: number): LabelBox => ({ left, top, width, height });
    const { x: px, y: py } = point;
    // Right of its point, left, above, below, within the chart.
    return [
      box(px + dot, py - height / 2),
      box(px - dot - width, py - height / 2),
      box(px - width / 2, py - height - dot / 2),
      box(px - width / 2, py + dot / 2),
    ].filter(
      ({ left, top }) =>
        left >= bbox.left &&
        left + width <= bbox.left + bbox.width &&
        top >= bbox.top &&
        top + height <= bbox.top + bbox.height,
    );
  });
  const dots = points.map((point): LabelBox => {
    return { left: point.x - dot / 2, top: point.y - dot / 2, width: dot, height: dot };
  });
  placeLabels(places, dots).forEach((chosen, i) => {
    if (chosen < 0) return;
    const { left, top } = places[i][chosen];
    ctx.fillText(texts[i], left, top + height / 2);
  });
  ctx.restore();
}
