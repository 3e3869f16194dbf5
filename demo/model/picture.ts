import { html, svg } from "lit-html";
import { grouped } from "../ui/format.ts";
import type { ModelInfo } from "./types.ts";

const HEIGHT = 190;
const MAX_BAR = 132;
const MIDDLE = 76;
const BAR = 30;
/** Of the whole picture, and beside its outer bars. */
const WIDTH = 720;
const MARGIN = 36;

/** Height of a bar of `width` numbers: by the square root, so that 1 and 1000 are both seen. */
function barHeight(width: number, widest: number): number {
  return Math.max(4, MAX_BAR * Math.sqrt(width / widest));
}

/** The widths of the layers as bars, from a row's numbers to the outputs. */
export function modelPicture(info: ModelInfo) {
  const { embeddings, continuous, layers } = info;
  const embedded = embeddings.reduce((sum, { width }) => sum + width, 0);
  const widths = [embedded + continuous, ...layers.map(({ fanOut }) => fanOut)];
  const widest = Math.max(...widths);
  const gap = (WIDTH - 2 * MARGIN - BAR) / (widths.length - 1);
  const xOf = (i: number) => MARGIN + i * gap;
  const boxes = widths.map((width, i) => ({ x: xOf(i), width, height: barHeight(width, widest) }));
  const hidden = layers.length > 5 ? "" : "hidden ";
  const names = ["row", ...layers.slice(0, -1).map((_, i) => `${hidden}${i + 1}`), "output"];
  const share = embedded / widths[0];
  const summary =
    `A row becomes ${grouped(widths[0])} numbers, ${grouped(embedded)} of embeddings and ${grouped(continuous)} continuous; ` +
    `${layers.map(({ name, fanOut }) => `${name}: ${grouped(fanOut)}`).join("; ")}.`;
  return html`<figure class="model-picture">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${summary} preserveAspectRatio="xMinYMid meet">
      ${boxes.slice(1).map((box, i) => {
        const from = boxes[i];
        const [x1, x2] = [from.x + BAR, box.x];
        const y = (b: { height: number }, end: number) => MIDDLE + (end * b.height) / 2;
        return svg`<path class="flow" d="M${x1} ${y(from, -1)} L${x2} ${y(box, -1)} L${x2} ${y(box, 1)} L${x1} ${y(from, 1)} Z" />`;
      })}
      ${boxes.map((box, i) => {
        const top = MIDDLE - box.height / 2;
        const cut = i === 0 ? box.height * share : 0;
        return svg`
          <rect class=${i === 0 ? "cont" : "layer"} x=${box.x} y=${top} width=${BAR} height=${box.height} rx="2" />
          ${i === 0 && embedded > 0 ? svg`<rect class="emb" x=${box.x} y=${top} width=${BAR} height=${cut} rx="2" />` : ""}
          <text class="count" x=${box.x + BAR / 2} y="164">${grouped(box.width)}</text>
          <text class="name" x=${box.x + BAR / 2} y="182">${names[i]}</text>`;
      })}
    </svg>
    <figcaption>
      <span class="key emb"></span> ${grouped(embedded)} numbers from ${grouped(embeddings.length)} embeddings
      <span class="key cont"></span> ${grouped(continuous)} continuous
    </figcaption>
  </figure>`;
}
