import uPlot from "uplot";
import { score } from "./format.ts";

/** Part of a fit's steps that may run off the top once as many more are drawn: they would flatten all that follows. */
const SKIPPED = 0.15;

/** Of the series: x has none. */
const COLORS = ["", "--training", "--validation"] as const;

/** Training and validation loss over the epochs of one fit, drawn as they come. */
export class LossChart {
  readonly #host: HTMLElement;
  readonly #noise: number;
  readonly #x: number[] = [];
  readonly #train: number[] = [];
  readonly #valid: (number | null)[] = [];
  #epochs = 1;
  #steps = 1;
  #chart: uPlot | undefined;
  #drawing = 0;

  /** @param noise the loss that noise leaves to the best model; drawn as a line to compare with */
  constructor(host: HTMLElement, noise: number) {
    this.#host = host;
    this.#noise = noise;
    new ResizeObserver(() => this.#chart?.setSize(this.#size())).observe(host);
    // Axes and grid take their colours from the style sheet when they are drawn.
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#chart?.redraw());
  }

  /** Empties the chart for a fit of `steps` steps in all. */
  begin(epochs: number, steps: number): void {
    this.#epochs = epochs;
    this.#steps = steps;
    for (const values of [this.#x, this.#train, this.#valid]) values.length = 0;
    this.#chart ??= this.#create();
    this.#draw();
  }

  /** Smoothed losses of the steps that follow those known. */
  addTraining(losses: readonly number[]): void {
    for (const loss of losses) {
      this.#train.push(loss);
      this.#valid.push(null);
      this.#x.push((this.#train.length * this.#epochs) / this.#steps);
    }
    this.#draw();
  }

  /** The validation loss after the steps known. */
  addValidation(loss: number): void {
    this.#valid[this.#train.length - 1] = loss;
    this.#draw();
  }

  /** At most once a frame, however many messages come. */
  #draw(): void {
    if (this.#drawing) return;
    this.#drawing = requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#chart?.setData([this.#x, this.#train, this.#valid]);
      this.#showLatest();
    });
  }

  /** Without a pointer over the chart its legend reads the newest losses. */
  #showLatest(): void {
    if (this.#chart?.cursor.idx == null) this.#chart?.setLegend({ idx: this.#x.length - 1 });
  }

  #create(): uPlot {
    this.#host.replaceChildren();
    const valid = (_: uPlot, value: number | null, __: number, index: number | null) =>
      score(value ?? this.#valid.slice(0, (index ?? 0) + 1).findLast((loss) => loss !== null) ?? Number.NaN);
    const chart = new uPlot(
      {
        ...this.#size(),
        scales: {
          x: { time: false, range: () => [0, this.#epochs] },
          y: { distr: 3, range: () => this.#range() },
        },
        axes: [
          {
            ...axis(),
            label: "epoch",
            labelSize: 20,
            labelFont: font(),
            incrs: [1, 2, 5, 10, 20, 50],
            size: 34,
          },
          {
            ...axis(),
            size: 56,
            splits: (_u, _axis, min, max) => logSplits(min, max),
            filter: (_u, splits) => splits,
            values: (_u, splits) => splits.map((split) => String(split)),
          },
        ],
        series: [
          { label: "epoch", value: (_, x) => (Number.isFinite(x) ? x.toFixed(2) : "–") },
          {
            label: "training",
            stroke: () => color(COLORS[1]),
            width: 2,
            pxAlign: 0,
            points: { show: false },
            value: (_, loss) => score(loss ?? Number.NaN),
          },
          {
            label: "validation",
            stroke: () => color(COLORS[2]),
            width: 2,
            pxAlign: 0,
            spanGaps: true,
            points: { show: true, size: 8, fill: () => color(COLORS[2]) },
            value: valid,
          },
        ],
        legend: {
          // As CSS and not as a colour: it follows the theme by itself.
          markers: { stroke: (_, i) => `var(${COLORS[i]})`, fill: (_, i) => `var(${COLORS[i]})` },
        },
        cursor: { drag: { setScale: false }, y: false },
        hooks: {
          draw: [(u) => this.#drawNoise(u)],
          setCursor: [(u) => u.cursor.idx == null && this.#showLatest()],
        },
      },
      [[], [], []],
      this.#host,
    );
    const { canvas } = chart.ctx;
    canvas.setAttribute("role", "img");
    canvas.setAttribute(
      "aria-label",
      "Training and validation loss over the epochs. The table below has the numbers.",
    );
    return chart;
  }

  #size(): { width: number; height: number } {
    const width = this.#host.clientWidth;
    return { width, height: width < 480 ? 220 : 300 };
  }

  #range(): [number, number] {
    const skip = Math.floor(SKIPPED * this.#steps);
    const from = this.#train.length > 2 * skip ? skip : 0;
    let max = 4 * this.#noise;
    let min = this.#noise;
    for (let i = from; i < this.#train.length; i++) {
      max = Math.max(max, this.#train[i], this.#valid[i] ?? 0);
      min = Math.min(min, this.#train[i], this.#valid[i] ?? min);
    }
    return [min / 2, max * 1.25]; // room for the words below the noise line
  }

  /** A dashed line at the loss of the formula that made the data. */
  #drawNoise(u: uPlot): void {
    const y = Math.round(u.valToPos(this.#noise, "y", true));
    const { left, width } = u.bbox;
    const { ctx } = u;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = color("--muted");
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
    ctx.font = font(devicePixelRatio);
    ctx.textAlign = "left";
    ctx.textBaseline = "top";
    ctx.fillText(
      "what noise leaves to the best model",
      left + 4 * devicePixelRatio,
      y + 4 * devicePixelRatio,
    );
    ctx.restore();
  }
}

/** 1, 2 and 5 of every power of ten between the two; the powers alone where that would be many. */
function logSplits(min: number, max: number): number[] {
  const steps = max / min > 200 ? [1] : [1, 2, 5];
  const splits: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
    for (const step of steps) splits.push(Number(`${step}e${power}`));
  }
  return splits.filter((split) => split >= min && split <= max);
}

function axis(): uPlot.Axis {
  const line = { stroke: () => color("--line"), width: 1 };
  return { stroke: () => color("--muted"), font: font(), grid: line, ticks: { ...line, size: 4 } };
}

function font(scale = 1): string {
  return `${12 * scale}px ${getComputedStyle(document.body).fontFamily}`;
}

function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}
