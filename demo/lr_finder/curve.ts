/** What the chart shows of the LR finder's curve, and what there is to say of it. */
import type { Lines } from "../charts/line_chart.ts";
import { score } from "../ui/format.ts";
import { tidyRate } from "./settings.ts";
import type { LrCurve } from "./types.ts";

/** The first steps and the last few are noise, or the explosion that hides the rest: fastai's plot leaves them out too. */
const FIRST = 0.1;
const LAST = 5;

export const RULES: Readonly<Record<string, string>> = {
  valley: "about halfway along the longest fall: fastai’s default",
  steep: "where the loss falls fastest",
  minimum: "a tenth of the rate with the lowest loss",
  slide: "left of the steep rise at the end",
};

export function curveLines({ lrs, losses, suggestions }: LrCurve): Lines {
  const from = Math.floor(lrs.length * FIRST);
  const to = lrs.length - (lrs.length > 3 * LAST ? LAST : 0);
  const x = lrs.slice(from, to);
  const y = losses.slice(from, to);
  const low = Math.min(...y);
  // Over a wide range the valley would be a flat line at the bottom.
  const log = low > 0 && Math.max(...y) / low > 20;
  const marked = suggestions.map(({ name, lr }) => `${name} ${tidyRate(lr)}`);
  return {
    lines: [{ label: "loss", colour: "--series-1", x, y }],
    x: { label: "learning rate", log: true, range: [lrs[0], lrs.at(-1)!] },
    y: { log },
    marks: suggestions.map(({ name, lr }, i) => {
      return { x: lr, label: name, colour: `--series-${(i % 5) + 2}` as const };
    }),
    read: score,
    height: 320,
    summary:
      `Loss by learning rate, on a log axis, from ${lrs[0].toPrecision(2)} to ${lrs.at(-1)!.toPrecision(2)}; the lowest loss is ` +
      `${score(low)}. Suggestions: ${marked.join(", ")}.`,
  };
}

/** What to know about a curve that looks odd; null if nothing. */
export function curveNote({ batches, lrs, losses, exploded }: LrCurve): string | null {
  const first = losses[Math.floor(losses.length * FIRST)];
  const low = Math.min(...losses);
  if (batches < 4) {
    const count = batches === 1 ? "one batch" : `${batches} batches`;
    return `The training rows make only ${count} a pass, so the finder saw the same rows again and again. Take its word with care, or use a smaller batch size.`;
  }
  if (low > 0.95 * first) {
    return "The loss hardly fell at any rate, so these suggestions mean little. Look at the data: does anything in it tell the target?";
  }
  if (exploded && lrs.length < 20) {
    return "The loss blew up after a few steps. Begin at a lower rate to see more of the curve.";
  }
  return null;
}

/** Whether a curve still tells of the model that training would make. */
export function curveKey(model: unknown, bs: number, seed: number, dataVersion: number): string {
  return JSON.stringify([model, bs, seed, dataVersion]);
}

/** What to do about an error of the finder, in the page's own words where the library's name options of code. */
export function failureWords(message: string): string {
  if (!message.startsWith("lrFind recorded")) return message;
  return (
    "The loss blew up within a few steps, so there is no curve to read. Choose a lower first rate under “Where it " +
    "looks”, or look for extreme values in the data."
  );
}
