import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { chart } from "../charts/chart.ts";
import { PointChart, type Points } from "../charts/point_chart.ts";
import { counted, grouped, inPercent, trueMinus } from "../ui/format.ts";
import { latest } from "../ui/loadable.ts";
import { pictureTable } from "./picture_table.ts";
import { chooseMap, map, mapColumn } from "./state.ts";
import type { EmbeddingMap, Understandable } from "./types.ts";

/** Rows of the map as a table. */
const LISTED = 200;

const percent = (share: number) => inPercent(Math.round(100 * share));
const place = new Intl.NumberFormat("en", { minimumFractionDigits: 3, maximumFractionDigits: 3 });

/** What the model has learned of the categories of a column. */
export function mapView({ embeddings }: Understandable): TemplateResult {
  const state = map.value;
  const known = latest(state);
  return html`<div class="card" id="understanding-map">
    <div class="stack understanding-tight">
      <h3>What it has learned of a category</h3>
      <p class="help">
        The model keeps a few numbers for each category, its embedding. Categories that lie close together are alike to
        the model.
      </p>
    </div>
    ${
      embeddings.length === 0
        ? html`<div class="empty"><p>This model has no categorical column, so there is no embedding to show.</p></div>`
        : html`<div class="understanding-choices">
            <div class="field">
              <label for="understanding-map-column">Column</label>
              <select
                id="understanding-map-column"
                .value=${live(mapColumn.value)}
                @change=${(event: Event) => chooseMap((event.target as HTMLSelectElement).value)}
              >
                ${embeddings.map(
                  ({
                    column,
                    categories,
                  }) => html`<option value=${column} ?selected=${column === mapColumn.value}>
                    ${column} (${grouped(categories)})
                  </option>`,
                )}
              </select>
            </div>
          </div>`
    }
    ${state.state === "failed" ? html`<p class="notice error" role="alert">${state.message}</p>` : nothing}
    ${state.state === "loading" && !known ? html`<div class="empty"><p role="status">${state.note}…</p></div>` : nothing}
    ${known ? pictureView(known) : nothing}
  </div>`;
}

function pictureView(known: EmbeddingMap): TemplateResult {
  const { labels, x, y, column, of } = known;
  const flat = onOneLine(known);
  return html`
    <figure class="stack understanding-tight">
      <div class="chart understanding-picture" ${chart(PointChart, pointsOf(known))}></div>
      <figcaption id="understanding-map-explained">${explainedOf(known)}</figcaption>
    </figure>
    ${pictureTable({
      summary: "The map as a table",
      label: `The map of ${column} as a table`,
      head: [
        column,
        "first direction",
        ...(flat ? [] : ["second direction"]),
        ...(known.counts ? ["rows counted"] : []),
      ],
      rows: labels
        .slice(0, LISTED)
        .map((label, i) => [
          label,
          trueMinus(place.format(x[i])),
          ...(flat ? [] : [trueMinus(place.format(y[i]))]),
          ...(known.counts ? [grouped(known.counts[i])] : []),
        ]),
      note: of > LISTED ? `The first ${LISTED} of ${grouped(of)} categories.` : "",
    })}
  `;
}

/** Whether a second direction holds nothing: with one number per category, or with two categories. */
function onOneLine({ explained }: EmbeddingMap): boolean {
  return !(explained[1] >= 1e-6);
}

function explainedOf(known: EmbeddingMap): string {
  const { explained, width, labels, of, counts } = known;
  const shown =
    labels.length < of
      ? `The ${counts ? "most frequent" : "first"} ${grouped(labels.length)} of ${grouped(of)} categories. `
      : "";
  if (width === 1) return `${shown}Each category has one number, so all lie on a line.`;
  if (onOneLine(known))
    return `${shown}All differences between these categories lie along one direction, so all lie on a line.`;
  const [first, second = 0] = explained;
  const both = percent(first + second);
  return (
    `${shown}Seen along the two directions in which the ${counted(width, "number")} of an embedding differ most ` +
    `(principal components): they hold ${percent(first)} and ${percent(second)} of the variance, together ${both}.`
  );
}

const drawn = new WeakMap<EmbeddingMap, Points>();
function pointsOf(known: EmbeddingMap): Points {
  const found = drawn.get(known);
  if (found) return found;
  const { x, y, labels, column, explained } = known;
  const axis = (word: string, share = 0) => `${word} direction (${percent(share)})`;
  const points: Points = {
    x,
    y,
    labels,
    xLabel: axis("first", explained[0]),
    yLabel: onOneLine(known) ? "" : axis("second", explained[1]),
    equalUnits: true,
    summary: `Map of the ${counted(labels.length, "embedding")} of ${column}. The table below has the places.`,
  };
  drawn.set(known, points);
  return points;
}
