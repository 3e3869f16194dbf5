/** The "colourful dimension" of fastai's ActivationStats: a histogram per look, side by side, counts as colours. */
import type { Chart } from "../charts/chart.ts";
import { theme } from "../ui/theme.ts";
import { heatColour, logShare } from "./heat_colours.ts";
import type { LayerLook } from "./types.ts";

export interface HeatMapData {
  /** A column each, from left to right. */
  readonly looks: readonly Pick<LayerLook, "counts" | "below" | "above">[];
  /** Columns that there will be. */
  readonly columns: number;
  /** What a reader who does not see it should know. */
  readonly summary: string;
}

/** Pixels of what lies beyond the range, and of the gap to the bins. */
const BEYOND = 2;
const GAP = 1;

/** A pixel per look and bin; the style sheet stretches it. What lies beyond the range is set apart at both ends. */
export class HeatMap implements Chart<HeatMapData> {
  readonly #canvas = document.createElement("canvas");

  constructor(host: HTMLElement) {
    this.#canvas.setAttribute("role", "img");
    host.append(this.#canvas);
  }

  show({ looks, columns, summary }: HeatMapData): void {
    this.#canvas.setAttribute("aria-label", summary);
    const bins = looks[0]?.counts.length ?? 1;
    const height = bins + 2 * (BEYOND + GAP);
    this.#canvas.width = Math.max(columns, looks.length, 1);
    this.#canvas.height = height;
    const context = this.#canvas.getContext("2d");
    if (!context || looks.length === 0) return;
    const image = context.createImageData(this.#canvas.width, height);
    looks.forEach(({ counts, below, above }, x) => {
      const total = counts.reduce((sum, count) => sum + count, below + above);
      const paint = (y: number, count: number) => {
        if (count === 0) return; // the ground shows
        const [red, green, blue] = heatColour(logShare(count, total), theme.value);
        image.data.set([red, green, blue, 255], 4 * (y * image.width + x));
      };
      for (let y = 0; y < BEYOND; y++) paint(y, above);
      counts.forEach((count, bin) => {
        paint(BEYOND + GAP + bins - 1 - bin, count);
      });
      for (let y = height - BEYOND; y < height; y++) paint(y, below);
    });
    context.putImageData(image, 0, 0);
  }

  dispose(): void {
    this.#canvas.remove();
  }
}

/** The colours from few to many. */
export class HeatScale implements Chart<null> {
  readonly #canvas = document.createElement("canvas");

  constructor(host: HTMLElement) {
    this.#canvas.setAttribute("aria-hidden", "true");
    this.#canvas.width = 64;
    this.#canvas.height = 1;
    host.append(this.#canvas);
  }

  show(): void {
    const context = this.#canvas.getContext("2d");
    if (!context) return;
    for (let x = 0; x < 64; x++) {
      context.fillStyle = `rgb(${heatColour(x / 63, theme.value).join(" ")})`;
      context.fillRect(x, 0, 1, 1);
    }
  }

  dispose(): void {
    this.#canvas.remove();
  }
}
