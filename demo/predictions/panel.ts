import { html, nothing, type TemplateResult } from "lit-html";
import { currentModel } from "../session.ts";
import { otherTable } from "../training/other_table.ts";
import { latest } from "../ui/loadable.ts";
import { evaluationView } from "./evaluation_view.ts";
import { fieldsView } from "./form_view.ts";
import { outcomeView } from "./outcome_view.ts";
import { scoreView } from "./score_view.ts";
import { form, startError, startFromRow, startTypical } from "./state.ts";
import type { PredictionForm } from "./types.ts";

/** A row to play with, the rows whose truth is known, a whole file. */
export function predictionPanel(): TemplateResult {
  const model = latest(currentModel.value);
  const state = form.value;
  const known = latest(state);
  if (!model) {
    return html`<div class="empty">
      <p>
        There is no trained model yet. <a href="#training">Train one</a> or <a href="#take-away">open a model file</a>,
        and a form for its columns appears here.
      </p>
    </div>`;
  }
  return html`
    <p class="muted">Predictions are those of <strong>${model.name}</strong>${otherTable.value && `, ${otherTable.value}`}.</p>
    ${state.state === "failed" ? html`<p class="notice error" role="alert">${state.message}</p>` : nothing}
    ${known ? html`${rowView(known)} ${evaluationView()} ${scoreView()}` : nothing}
    ${!known && state.state === "loading" ? html`<div class="empty"><p role="status">${state.note}…</p></div>` : nothing}
  `;
}

function rowView(known: PredictionForm): TemplateResult {
  const { rows } = known;
  const kind = typeof rows === "string" ? null : rows.kind;
  return html`<div class="card" id="predictions-row">
    <div class="predictions-head">
      <h3 id="predictions-row-title" tabindex="-1">One row</h3>
      <div class="buttons">
        <button type="button" class="small" id="predictions-typical" @click=${startTypical}>Typical row</button>
        ${
          kind
            ? html`<button type="button" class="small" id="predictions-random" @click=${() => startFromRow()}>
                ${{ validation: "Random validation row", training: "Random training row", table: "Random row" }[kind]}
              </button>`
            : nothing
        }
      </div>
    </div>
    ${startError.value ? html`<p class="notice error" role="alert">${startError.value}</p>` : nothing}
    <div class="predictions-one">
      <div class="predictions-outcome">${outcomeView()}</div>
      ${fieldsView(known.fields)}
    </div>
  </div>`;
}
