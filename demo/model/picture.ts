import { html, svg } from "lit-html";
import { counted, grouped } from "../ui/format.ts";
import type { ModelInfo } from "./types.ts";

/** Of the drawing, which is stretched to the width there is; words stand below it as text, at their own size. */
const HEIGHT = 140;
const COLUMN = 100;
const BAR = 26;

/** Height of a bar of `width` numbers: by the square root, so that 1 and 1000 are both seen. */
function barHeight(width: number, widest: number): number {
  return Math.max(4, HEIGHT * Math.sqrt(width / widest));
}

/** The widths of the layers as bars, from a row's numbers to the outputs. */
export function modelPicture(info: ModelInfo) {
  const { embeddings, continuous, layers } = info;
  const embedded = embeddings.reduce((sum, { width }) => sum + width, 0);
  const widths = [embedded + continuous, ...layers.map(({ fanOut }) => fanOut)];
  const widest = Math.max(...widths);
  const boxes = widths.map((width, i) => {
    const height = barHeight(width, widest);
    return { x: (i + 0.5) * COLUMN - BAR / 2, top: (HEIGHT - height) / 2, width, height };
  });
  const hidden = layers.length > 5 ? "" : "hidden ";
  const names = ["row", ...layers.slice(0, -1).map((_, i) => `${hidden}${i + 1}`), "output"];
  const share = embedded / widths[0];
  const flow = (from: (typeof boxes)[number], to: (typeof boxes)[number]) =>
    `M${from.x + BAR} ${from.top} L${to.x} ${to.top} L${to.x} ${to.top + to.height} L${from.x + BAR} ${from.top + from.height} Z`;
  return html`<figure class="model-picture">
    <svg viewBox="0 0 ${widths.length * COLUMN} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      ${boxes.slice(1).map((box, i) => svg`<path class="flow" d=${flow(boxes[i], box)} />`)}
      ${boxes.map(
        ({ x, top, height }, i) => svg`
          <rect class=${i === 0 ? "cont" : "layer"} x=${x} y=${top} width=${BAR} height=${height} />
          ${
            i === 0 && embedded > 0
              ? svg`<rect class="emb" x=${x} y=${top} width=${BAR} height=${height * share} />`
              : ""
          }`,
      )}
    </svg>
    <ol aria-label="Numbers from layer to layer">
      ${boxes.map(({ width }, i) => html`<li><strong>${grouped(width)}</strong> ${names[i]}</li>`)}
    </ol>
    <figcaption>
      <span><span class="key emb"></span> ${grouped(embedded)} numbers from ${counted(embeddings.length, "embedding")}</span>
      <span><span class="key cont"></span> ${grouped(continuous)} continuous</span>
    </figcaption>
  </figure>`;
}
