import { html, nothing, type TemplateResult } from "lit-html";
import { grouped, inPercent, signedPercent, significant } from "../ui/format.ts";
import { latest } from "../ui/loadable.ts";
import { styleVars } from "../ui/style_vars.ts";
import { form, prediction, started, typicalChanged, typos } from "./state.ts";
import type { RowPrediction } from "./types.ts";

/** Classes whose bars are shown; of more, the most probable ones. */
const BARS = 12;

const tenths = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A number in the target's unit: 5,263, 0.0123. */
export function targetNumber(x: number): string {
  return significant(x, 5);
}

/** A probability: 12.3 %. */
export function chance(probability: number): string {
  return inPercent(tenths.format(100 * probability));
}

/** What the model says of the row in the form, and what is true of the row it started from. */
export function outcomeView(): TemplateResult {
  const state = prediction.value;
  const said = latest(state);
  const stale = Object.keys(typos.value).length > 0;
  return html`
    ${state.state === "failed" ? html`<p class="notice error" role="alert">${state.message}</p>` : nothing}
    <div class="predictions-said ${stale ? "stale" : ""}">
      ${said ? answerView(said) : html`<p class="help">Asking the model…</p>`}
    </div>
    ${stale && said ? html`<p class="help" id="predictions-stale" role="status">A field holds no value: this is the prediction for the last complete row.</p>` : nothing}
    ${said?.notes.map((note) => html`<p class="help">${note}. Read as missing.</p>`)}
    ${truthView(said)}
  `;
}

function answerView(said: RowPrediction): TemplateResult {
  if (said.task === "regression") {
    return html`<dl class="facts big predictions-answer" id="predictions-answer" aria-live="polite">
      ${said.values.map(
        ({ name, value }) => html`<div>
          <dt>Predicted ${name}</dt>
          <dd>${targetNumber(value)}</dd>
        </div>`,
      )}
    </dl>`;
  }
  const targets = latest(form.value)?.targets ?? [];
  const title = said.task === "classification" ? `Predicted ${targets[0] ?? ""}` : "Predicted labels";
  const most =
    said.classes.length > BARS
      ? [...said.classes].sort((a, b) => b.probability - a.probability).slice(0, BARS)
      : said.classes;
  const left = said.classes.length - most.length;
  return html`
    <dl class="facts big predictions-answer" id="predictions-answer" aria-live="polite">
      <div>
        <dt>${title}</dt>
        <dd>${said.label}</dd>
      </div>
    </dl>
    <table class="predictions-bars" id="predictions-classes">
      <caption class="visually-hidden">
        Probability of each ${said.task === "classification" ? "class" : "label"}
      </caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">${said.task === "classification" ? "class" : "label"}</th>
          <th scope="col">bar</th>
          <th scope="col">probability</th>
        </tr>
      </thead>
      <tbody>
        ${most.map(
          ({ label, probability }) => html`<tr>
            <th scope="row">${label}</th>
            <td><div class="bar" ${styleVars({ "--fraction": probability })}></div></td>
            <td>${chance(probability)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    ${left > 0 ? html`<p class="help">and ${left} less probable classes</p>` : nothing}
  `;
}

function truthView(said: RowPrediction | undefined): TemplateResult {
  const from = started.value;
  if (!from)
    return html`<p class="help" id="predictions-truth">
      ${typicalChanged.value ? "A typical row, changed since." : "A typical row: the usual value of every column."}
    </p>`;
  const { row, changed } = from;
  const names = Object.keys(row.truth);
  const truths = names.map((name) => {
    const truth = row.truth[name];
    const value =
      said?.task === "regression" ? said.values.find((each) => each.name === name)?.value : undefined;
    const off =
      !changed && value !== undefined && typeof truth === "number" && truth !== 0
        ? html`<span class="muted"> (the prediction is off by ${signedPercent(value / truth - 1)})</span>`
        : nothing;
    const shown = typeof truth === "number" ? targetNumber(truth) : String(truth ?? "missing");
    return html`<p>True ${name}: <strong>${shown}</strong>${off}</p>`;
  });
  const number = grouped(row.row + 1);
  return html`<div class="predictions-truth" id="predictions-truth">
    ${truths}
    <p class="help">
      ${changed ? `This is row ${number} of the table, changed since; the truth is that of the row as it was.` : `Row ${number} of the table, as it is.`}
    </p>
  </div>`;
}
