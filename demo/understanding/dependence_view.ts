import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { chart } from "../charts/chart.ts";
import { LineChart, type Lines } from "../charts/line_chart.ts";
import { rowsWord } from "../predictions/evaluation_view.ts";
import { chance, targetNumber } from "../predictions/outcome_view.ts";
import { exactNumber, grouped } from "../ui/format.ts";
import { latest } from "../ui/loadable.ts";
import { evenNumbers } from "./even_numbers.ts";
import { pictureTable } from "./picture_table.ts";
import { spreadBars } from "./spread_bars.ts";
import {
  chooseDependence,
  dependence,
  dependenceColumn,
  dependenceOutput,
  drawDependence,
  stopDependence,
  understandable,
} from "./state.ts";
import type { Dependence, Understandable } from "./types.ts";

/** How one column moves the prediction. */
export function dependenceView({ inputs, outputs, target, task }: Understandable): TemplateResult {
  const state = dependence.value;
  const known = latest(state);
  const [column, output] = [dependenceColumn.value, dependenceOutput.value];
  const value = (event: Event) => (event.target as HTMLSelectElement).value;
  return html`<div class="card" id="understanding-dependence">
    <div class="stack understanding-tight">
      <h3>How one column moves the prediction</h3>
      <p class="help">
        Give all rows the same value of one column, leave the rest of each as it is, and average the predictions; then
        the next value.
      </p>
    </div>
    <div class="understanding-choices">
      <div class="field">
        <label for="understanding-dependence-column">Column</label>
        <select
          id="understanding-dependence-column"
          .value=${live(column)}
          @change=${(event: Event) => chooseDependence(value(event), output)}
        >
          ${inputs.map((name) => html`<option value=${name} ?selected=${name === column}>${name}</option>`)}
        </select>
      </div>
      ${
        outputs.length > 1
          ? html`<div class="field">
              <label for="understanding-dependence-output">
                ${task === "regression" ? "Prediction of" : `Probability of ${task === "classification" ? target : ""}`}
              </label>
              <select
                id="understanding-dependence-output"
                .value=${live(output)}
                @change=${(event: Event) => chooseDependence(column, value(event))}
              >
                ${outputs.map((name) => html`<option value=${name} ?selected=${name === output}>${name}</option>`)}
              </select>
            </div>`
          : nothing
      }
    </div>
    ${
      state.state === "loading"
        ? html`<div class="understanding-progress">
            <progress max="1" value=${state.fraction ?? nothing} aria-label=${state.note}></progress>
            <button type="button" class="small" @click=${stopDependence}>Stop</button>
          </div>`
        : nothing
    }
    ${state.state === "failed" ? html`<p class="notice error" role="alert">${state.message}</p>` : nothing}
    ${known ? pictureView(known) : nothing}
    ${
      state.state === "empty"
        ? html`<div class="empty">
            <p>Stopped. <button type="button" class="small" @click=${drawDependence}>Draw it</button></p>
          </div>`
        : nothing
    }
  </div>`;
}

const isRegression = () => latest(understandable.peek())?.task === "regression";

/** Probabilities as percents, numbers in the target's unit. */
function numberOf(x: number): string {
  return isRegression() ? targetNumber(x) : chance(x);
}

/** "sales", or "probability of Gentoo". */
function outputWord(output: string): string {
  return isRegression() ? output : `probability of ${output}`;
}

function pictureView(known: Dependence): TemplateResult {
  const { rows, kindOfRows, leftOut, kind } = known;
  const many = kindOfRows !== null && rows > 1;
  return html`
    ${kind === "category" ? barsView(known) : lineView(known)}
    <p class="help">
      ${
        many
          ? `Averaged over ${grouped(rows)} ${rowsWord(kindOfRows)}; ${kind === "category" ? "the thin line spans" : "the band spans"} the middle 80 % of them.`
          : "No rows are known for this model, so this is how a single typical row moves."
      }
      ${leftOut > 0 ? `Shown are the most frequent categories, ${grouped(leftOut)} others are left out.` : ""}
    </p>
  `;
}

function barsView({ column, labels, mean, low, high, output }: Dependence): TemplateResult {
  const even = evenNumbers([...low, ...high], 4);
  const number = isRegression() ? even : chance;
  return spreadBars({
    id: "understanding-dependence-bars",
    caption: `Mean ${outputWord(output)} by ${column}`,
    head: { label: column, value: "mean", spread: "middle 80 %" },
    bars: labels.map((label, i) => ({
      label,
      value: mean[i],
      low: low[i],
      high: high[i],
      text: number(mean[i]),
      spread: low[i] < high[i] ? `${number(low[i])} to ${number(high[i])}` : "–",
    })),
  });
}

function lineView(known: Dependence): TemplateResult {
  const { column, labels, mean, low, high, output } = known;
  return html`<figure class="stack understanding-tight">
      <div class="chart understanding-picture" ${chart(LineChart, linesOf(known))}></div>
      <figcaption>Mean ${outputWord(output)} by ${column}</figcaption>
    </figure>
    ${pictureTable({
      summary: "The line as a table",
      label: "The line as a table",
      head: [column, "mean", "middle 80 %"],
      rows: labels.map((label, i) => [
        known.kind === "date" ? label : exactNumber(Number(label)),
        numberOf(mean[i]),
        low[i] < high[i] ? `${numberOf(low[i])} to ${numberOf(high[i])}` : "–",
      ]),
    })}`;
}

const drawn = new WeakMap<Dependence, Lines>();
function linesOf(known: Dependence): Lines {
  const found = drawn.get(known);
  if (found) return found;
  const { column, kind, mean, low, high, output, rows } = known;
  const x = [...known.x];
  const edge = { colour: "--series-1", width: 1, dash: [3, 3], x } as const;
  const [first, last] = [numberOf(mean[0]), numberOf(mean[mean.length - 1])];
  const lines: Lines = {
    lines: [
      { label: "mean", colour: "--series-1", x, y: [...mean], dots: x.length <= 30 },
      ...(rows > 1
        ? [
            { ...edge, label: "a tenth lies below", y: [...low] },
            { ...edge, label: "a tenth lies above", y: [...high] },
          ]
        : []),
    ],
    band: rows > 1 ? { upper: 2, lower: 1 } : undefined,
    x: {
      label: column,
      write: kind === "date" ? (ms) => new Date(ms).toISOString().slice(0, 10) : undefined,
    },
    y: { label: outputWord(output) },
    read: numberOf,
    summary: `Mean ${outputWord(output)} as ${column} changes: ${first} at its least, ${last} at its greatest value. The table below has the numbers.`,
  };
  drawn.set(known, lines);
  return lines;
}
