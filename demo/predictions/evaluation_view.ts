import { html, nothing, type TemplateResult } from "lit-html";
import { chart } from "../charts/chart.ts";
import { PointChart, type Points } from "../charts/point_chart.ts";
import { counted, grouped, inPercent, score } from "../ui/format.ts";
import { latest } from "../ui/loadable.ts";
import { styleVars } from "../ui/style_vars.ts";
import { targetNumber } from "./outcome_view.ts";
import { evaluate, evaluation, evaluationStopped, form, startFromRow, stopEvaluation } from "./state.ts";
import type { Confusion, Evaluation, RowsKind, Scatter } from "./types.ts";

const METRICS: Readonly<Record<string, string>> = {
  exp_rmspe: "relative error (root mean square)",
  rmse: "root mean squared error",
  mae: "mean absolute error",
  r2_score: "share of the variance explained",
  accuracy: "share that is right",
  f1_score_macro: "F1, mean over the classes",
  brier_score: "Brier score",
  hamming_loss: "share of wrong labels",
};

/** What a metric is; of a log target those that are not relative are about its logarithm. */
function metricWords(name: string): string {
  const words = METRICS[name] ?? name;
  const known = latest(form.peek());
  return known?.logTarget && ["rmse", "r2_score"].includes(name)
    ? `${words}, of ln ${known.targets[0]}`
    : words;
}

/** Words for the rows that the model is held against. */
export function rowsWord(kind: RowsKind): string {
  return { validation: "validation rows", training: "training rows", table: "rows of the table at hand" }[
    kind
  ];
}

export function evaluationView(): TemplateResult {
  const state = evaluation.value;
  const known = latest(state);
  const rows = latest(form.value)?.rows;
  return html`<div class="card" id="predictions-evaluation">
    <div class="stack predictions-tight">
      <h3>Predicted against true</h3>
      ${known ? html`<p class="help">${sentence(known)}</p>` : nothing}
    </div>
    ${typeof rows === "string" ? noRows(rows) : nothing}
    ${state.state === "failed" ? html`<p class="notice error" role="alert">${state.message}</p>` : nothing}
    ${state.state === "loading" ? progressView(state.note, state.fraction) : nothing}
    ${known ? picturesView(known) : nothing}
    ${
      state.state === "empty" && typeof rows !== "string" && evaluationStopped.value
        ? html`<div class="empty">
            <p>Stopped. <button type="button" class="small" @click=${evaluate}>Predict the rows</button></p>
          </div>`
        : nothing
    }
  </div>`;
}

function noRows(reason: string): TemplateResult {
  return html`<div class="empty"><p>${reason} <a href="#data">To the data</a></p></div>`;
}

function progressView(note: string, fraction?: number): TemplateResult {
  return html`<div class="predictions-progress">
    <progress max="1" value=${fraction ?? nothing} aria-label=${note}></progress>
    <button type="button" class="small" @click=${stopEvaluation}>Stop</button>
  </div>`;
}

function sentence({ kind, rows, of }: Evaluation): string {
  const sample = rows < of ? `${grouped(rows)} of the ${grouped(of)}` : `All ${grouped(rows)}`;
  const words = {
    validation: "validation rows, which the model was not trained on",
    training: "training rows, as none were kept back: new rows will do worse",
    table: "rows of the table at hand; if the model was trained on them, new rows will do worse",
  };
  return `${sample} ${words[kind]}.`;
}

function picturesView(known: Evaluation): TemplateResult {
  return html`
    ${farOffView(known)}
    <div class="predictions-pictures">
    <dl class="facts big" id="predictions-metrics">
      ${known.metrics.map(
        ({ name, value }) => html`<div>
          <dt>${metricWords(name)} <span class="predictions-code">${name}</span></dt>
          <dd>${Math.abs(value) >= 100 ? targetNumber(value) : score(value)}</dd>
        </div>`,
      )}
    </dl>
      ${known.scatters.map(
        (scatter) => html`<figure class="stack predictions-tight">
          <div class="chart predictions-scatter" ${chart(PointChart, pointsOf(scatter))}></div>
          <figcaption>${captionOf(scatter)}</figcaption>
        </figure>`,
      )}
      ${known.confusions.map(({ title, confusion }) => confusionView(title, confusion))}
    </div>
    ${worstView(known)}
  `;
}

/** What to do about a regression that is worse than no model at all. */
function farOffView({ metrics, scatters, ranged }: Evaluation): TemplateResult | typeof nothing {
  const explained = metrics.find(({ name }) => name === "r2_score")?.value ?? 1;
  if (scatters.length === 0 || explained >= 0) return nothing;
  if (ranged) {
    return html`<p class="notice" id="predictions-far-off">
      Always saying the mean would do better than these predictions. The model keeps its outputs in a range, which may be
      too narrow or not made for this target: see <a href="#model">Model</a>. Or train it longer.
    </p>`;
  }
  return html`<p class="notice" id="predictions-far-off">
    Always saying the mean would do better than these predictions. A model begins near 0 and may take very long to reach
    a target far from it: give it a range of outputs under <a href="#model">Model</a>, let it learn the logarithm under
    <a href="#data">Data</a>, or train it longer.
  </p>`;
}

/** The same object for the same scatter: the chart is drawn again for another only. */
const drawn = new WeakMap<Scatter, Points>();
function pointsOf(scatter: Scatter): Points {
  const known = drawn.get(scatter);
  if (known) return known;
  const { target, truth, predicted, log } = scatter;
  const positive = truth.every((x) => x > 0) && predicted.every((x) => x > 0);
  const points: Points = {
    x: truth,
    y: predicted,
    xLabel: `true ${target}`,
    yLabel: `predicted ${target}`,
    log: log && positive,
    diagonal: true,
    summary: `Predicted against true ${target} of ${counted(truth.length, "row")}. ${captionOf(scatter)}`,
  };
  drawn.set(scatter, points);
  return points;
}

function captionOf({ truth, predicted, of, log }: Scatter): string {
  const above = predicted.filter((value, i) => value > truth[i]).length;
  const share = Math.round((100 * above) / Math.max(1, truth.length));
  const drawnOf = truth.length < of ? `${grouped(truth.length)} points of ${grouped(of)} rows. ` : "";
  return `${drawnOf}On the line a prediction is right; ${inPercent(share)} lie above it, where it is too high.${log ? " Both axes are logarithmic." : ""}`;
}

function confusionView(title: string, { classes, counts, leftOut }: Confusion): TemplateResult {
  const sums = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  return html`<figure class="stack predictions-tight">
    <p class="help">
      ${title}: a row per true class, a column per predicted one. On the diagonal the prediction is right.
    </p>
    <div class="table" tabindex="0" role="region" aria-label="Confusion matrix of ${title}">
      <table class="predictions-confusion" id="predictions-confusion">
        <caption class="visually-hidden">
          Confusion matrix of ${title}
        </caption>
        <thead>
          <tr>
            <th scope="col">true class</th>
            ${classes.map((name) => html`<th scope="col">${name}</th>`)}
            <th scope="col">right</th>
          </tr>
        </thead>
        <tbody>
          ${counts.map(
            (row, truth) => html`<tr>
              <th scope="row">${classes[truth]}</th>
              ${row.map(
                (count, predicted) => html`<td
                  class=${truth === predicted ? "right" : count > 0 ? "wrong" : "none"}
                  ${styleVars({ "--share": sums[truth] > 0 ? count / sums[truth] : 0 })}
                >
                  ${grouped(count)}
                </td>`,
              )}
              <td>${sums[truth] > 0 ? inPercent(Math.round((100 * row[truth]) / sums[truth])) : "–"}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      leftOut.classes > 0
        ? html`<figcaption>
            ${grouped(leftOut.classes)} rare ${leftOut.classes === 1 ? "class" : "classes"} with ${counted(leftOut.rows, "row")}
            left out.
          </figcaption>`
        : nothing
    }
  </figure>`;
}

function worstView({ worst, confusions }: Evaluation): TemplateResult {
  if (worst.rows.length === 0) return html``;
  const aligned = (text: boolean) => (text ? "text" : "number");
  const classes = aligned(confusions.length > 0);
  return html`<div class="stack predictions-tight">
    <p class="help">
      The ${worst.rows.length} rows it does worst on. Open one in the form above to see what would change it.
    </p>
    <div class="table" tabindex="0" role="region" aria-label="The worst rows">
    <table id="predictions-worst">
      <caption class="visually-hidden">
        The worst rows
      </caption>
      <thead>
        <tr>
          <th scope="col" class="number">row</th>
          <th scope="col" class=${classes}>true</th>
          <th scope="col" class=${classes}>predicted</th>
          <th scope="col">${worst.offBy}</th>
          ${worst.columns.map(({ name, text }) => html`<th scope="col" class=${aligned(text)}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${worst.rows.map(
          ({ row, truth, predicted, off, cells }) => html`<tr>
            <th scope="row" class="number">
              <button type="button" class="plain" title="Open in the form" @click=${() => openRow(row)}>
                <span class="visually-hidden">Open row </span>${grouped(row + 1)}
              </button>
            </th>
            <td class=${classes}>${truth}</td>
            <td class=${classes}>${predicted}</td>
            <td>${off}</td>
            ${cells.map((cell, i) => html`<td class=${aligned(worst.columns[i].text)}>${cell}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
    </div>
  </div>`;
}

async function openRow(row: number): Promise<void> {
  await startFromRow(row);
  const title = document.querySelector<HTMLElement>("#predictions-row-title");
  title?.focus({ preventScroll: true });
  title?.scrollIntoView({ block: "start" });
}
