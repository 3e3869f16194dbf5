import uPlot from "uplot";
import { exactNumber } from "../ui/format.ts";
import { cssColour } from "../ui/theme.ts";
import type { Chart } from "./chart.ts";
import { type Line, type Lines, rangeOf, type Scale } from "./lines.ts";
import { chartAxis, chartFont, roomyNumbers } from "./look.ts";
import { shortNumber } from "./ticks.ts";

export type { Line, Lines, Scale } from "./lines.ts";

import { spreadLabels } from "./spread_labels.ts";

const MARK_ROW = 15;
const END_HEIGHT = 12;

const WHOLE_STEPS = [1, 10, 100, 1000, 1e4, 1e5, 1e6].flatMap((power) => [power, 2 * power, 5 * power]);

/** Lines on common axes that may grow while one looks; drawn at most once a frame. */
export class LineChart implements Chart<Lines> {
  readonly #host: HTMLElement;
  #lines: Lines | null = null;
  #chart: uPlot | null = null;
  #structure = "";

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  show(lines: Lines): void {
    this.#lines = lines;
    this.#draw(lines);
  }

  dispose(): void {
    this.#clear();
  }

  #clear(): void {
    this.#chart?.destroy();
    this.#chart = null;
  }

  #draw(lines: Lines): void {
    if (this.#host.clientWidth === 0) return;
    const size = this.#size(lines);
    const structure = structureOf(lines);
    if (!this.#chart || structure !== this.#structure) {
      this.#clear();
      this.#structure = structure;
      this.#chart = new uPlot(this.#options(lines), dataOf(lines), this.#host);
      this.#chart.ctx.canvas.setAttribute("role", "img");
    } else {
      if (this.#chart.width !== size.width || this.#chart.height !== size.height) this.#chart.setSize(size);
      this.#chart.setData(dataOf(lines));
    }
    this.#chart.ctx.canvas.setAttribute("aria-label", lines.summary);
    this.#showLatest();
  }

  /** Without a pointer over the chart its legend reads the newest values. */
  #showLatest(): void {
    const chart = this.#chart;
    if (chart && chart.cursor.idx == null) chart.setLegend({ idx: chart.data[0].length - 1 });
  }

  #size({ height = 300 }: Lines): { width: number; height: number } {
    const width = this.#host.clientWidth;
    return { width, height: width < 480 ? Math.min(height, 230) : height };
  }

  #options(first: Lines): uPlot.Options {
    // Ranges and words are read from what is shown now, for the chart outlives the lines it was made with.
    const now = () => this.#lines ?? first;
    const hasRight = first.lines.some(({ right }) => right);
    const scale = (which: "x" | "y" | "right", own: Scale | undefined): uPlot.Scale => ({
      time: false,
      distr: own?.log ? 3 : 1,
      range: () => rangeOf(now(), which),
    });
    return {
      ...this.#size(first),
      padding: [
        first.marks ? 6 + MARK_ROW * first.marks.length : 10,
        first.lines.some(({ end }) => end) ? 28 : hasRight ? 0 : first.x.write ? 36 : 14,
        null,
        null,
      ],
      scales: {
        x: scale("x", first.x),
        y: scale("y", first.y),
        ...(hasRight ? { right: scale("right", first.right) } : {}),
      },
      axes: [
        { ...axisOf(first.x), size: first.x.label === undefined ? 28 : 34 },
        { ...axisOf(first.y), size: first.y.label === undefined ? 58 : 60 },
        ...(hasRight
          ? [{ ...axisOf(first.right ?? {}), scale: "right", side: 1, size: 60, grid: { show: false } }]
          : []),
      ],
      series: [
        {
          label: first.x.label ?? "",
          value: (_u, x) => (x == null ? "–" : (now().x.write ?? exactNumber)(x)),
        },
        ...first.lines.map((line, i) => seriesOf(line, i, now)),
      ],
      bands: first.band && [
        {
          series: [first.band.upper + 1, first.band.lower + 1],
          fill: () => `${cssColour(first.lines[first.band!.upper].colour)}22`,
        },
      ],
      legend: {
        // As CSS and not as a colour: it follows the theme by itself.
        markers: {
          width: 2,
          stroke: (_, i) => `var(${first.lines[i - 1]?.colour ?? "--ink"})`,
          fill: (_, i) =>
            first.lines[i - 1]?.dash ? "transparent" : `var(${first.lines[i - 1]?.colour ?? "--ink"})`,
        },
      },
      cursor: { drag: { setScale: false, x: false, y: false }, y: false, points: { size: 7 } },
      hooks: {
        draw: [(u) => drawWords(u, now())],
        setCursor: [(u) => u.cursor.idx == null && this.#showLatest()],
      },
    };
  }
}

/** What a chart must be made anew for. */
function structureOf({ lines, x, y, right, marks, level, band }: Lines): string {
  const scales = [x, y, right].map((scale) => scale && [scale.label, scale.log, scale.whole, !!scale.write]);
  const looks = lines.map(({ x: _x, y: _y, ...look }) => look);
  return JSON.stringify([scales, looks, marks?.length, level !== undefined, band]);
}

/** All lines over the same x; a line skips what is others'. */
function dataOf({ lines }: Lines): uPlot.AlignedData {
  const filled = lines.filter(({ x }) => x.length > 0);
  if (filled.length === 0) return [[], ...lines.map(() => [])] as unknown as uPlot.AlignedData;
  return uPlot.join(lines.map(({ x, y }) => [[...x], [...y]] as uPlot.AlignedData));
}

function seriesOf(line: Line, index: number, now: () => Lines): uPlot.Series {
  const { label, colour, width = 2, dash, dots, right } = line;
  const stroke = () => cssColour(colour);
  return {
    label,
    scale: right ? "right" : "y",
    stroke,
    width,
    dash: dash ? [...dash] : undefined,
    pxAlign: 0,
    spanGaps: true,
    points: dots ? { show: true, size: 7, fill: stroke } : { show: false },
    value: (u, value, _i, at) => {
      const { read, readRight } = now();
      const found = value ?? before(u.data[index + 1], at ?? -1);
      return found == null ? "–" : (right && readRight ? readRight : read)(found);
    },
  };
}

/** The newest value up to a place: the lines have their points at different places. */
function before(values: ArrayLike<number | null | undefined>, at: number): number | null {
  for (let i = Math.min(at, values.length - 1); i >= 0; i--) if (values[i] != null) return values[i]!;
  return null;
}

function axisOf({ label, log, whole, write }: Scale): uPlot.Axis {
  return {
    ...chartAxis(label),
    ...(whole ? { incrs: WHOLE_STEPS } : {}),
    ...roomyNumbers(write ?? ((x) => shortNumber(x, log ? 1e-3 : 1e-4)), log),
  };
}

/** Levels, marks, and what lines end with. */
function drawWords(u: uPlot, { lines, level, marks }: Lines): void {
  const { ctx, bbox } = u;
  const scale = devicePixelRatio;
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.font = chartFont(scale);
  ctx.lineWidth = scale;
  ctx.setLineDash([6 * scale, 4 * scale]);
  if (level) {
    const y = Math.round(u.valToPos(level.y, "y", true));
    if (y >= bbox.top && y <= bbox.top + bbox.height) {
      ctx.strokeStyle = ctx.fillStyle = cssColour("--muted");
      line(ctx, bbox.left, y, right, y);
      ctx.textAlign = "left";
      const below = y + 18 * scale < bbox.top + bbox.height;
      ctx.textBaseline = below ? "top" : "bottom";
      ctx.fillText(level.label, bbox.left + 4 * scale, y + (below ? 4 : -4) * scale);
    }
  }
  drawMarks(u, marks ?? [], scale);
  ctx.setLineDash([]);
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  drawEnds(u, lines, scale);
  ctx.restore();
}

/** Beside the last points; words of lines that end together are moved apart. */
function drawEnds(u: uPlot, lines: readonly Line[], scale: number): void {
  const { ctx, bbox } = u;
  const [top, bottom] = [bbox.top, bbox.top + bbox.height];
  const found = lines.flatMap(({ end, x, y, colour, right }) => {
    const last = x.length - 1;
    if (end === undefined || last < 0) return [];
    const py = u.valToPos(y[last], right ? "right" : "y", true);
    const px = Math.min(u.valToPos(x[last], "x", true), bbox.left + bbox.width);
    return py >= top && py <= bottom ? [{ end, colour, px, py }] : [];
  });
  const wanted = found.map(({ py }) => py);
  spreadLabels(wanted, END_HEIGHT * scale, top, bottom).forEach((py, i) => {
    const { end, colour, px } = found[i];
    ctx.fillStyle = cssColour(colour);
    ctx.fillText(end, px + 7 * scale, py);
  });
}

/** From left to right; words that would touch go a row lower. */
function drawMarks(u: uPlot, marks: NonNullable<Lines["marks"]>, scale: number): void {
  const { ctx, bbox } = u;
  const ends: number[] = [];
  ctx.textBaseline = "bottom";
  for (const { x, label, colour } of [...marks].sort((a, b) => a.x - b.x)) {
    const px = Math.round(u.valToPos(x, "x", true));
    if (!(px >= bbox.left && px <= bbox.left + bbox.width)) continue;
    const width = ctx.measureText(label).width;
    const start = Math.max(bbox.left, Math.min(px - width / 2, bbox.left + bbox.width - width));
    let row = ends.findIndex((end) => end < start);
    if (row < 0) row = ends.length;
    ends[row] = start + width + 8 * scale;
    const y = bbox.top - (4 + row * MARK_ROW) * scale;
    ctx.strokeStyle = ctx.fillStyle = cssColour(colour);
    ctx.textAlign = "left";
    line(ctx, px, y, px, bbox.top + bbox.height);
    ctx.fillStyle = cssColour("--ink");
    ctx.fillText(label, start, y);
  }
}

function line(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}
