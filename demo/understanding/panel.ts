import { html, nothing, type TemplateResult } from "lit-html";
import { currentModel } from "../session.ts";
import { otherTable } from "../training/other_table.ts";
import { latest } from "../ui/loadable.ts";
import { dependenceView } from "./dependence_view.ts";
import { importanceView } from "./importance_view.ts";
import { mapView } from "./map_view.ts";
import { understandable } from "./state.ts";

/** What the current model has learned: which columns matter, its categories as a map, how a column moves it. */
export function understandingPanel(): TemplateResult {
  const state = understandable.value;
  const known = latest(state);
  const model = latest(currentModel.value);
  if (!model) {
    return html`<div class="empty">
      <p>
        There is no trained model yet. <a href="#training">Train one</a> or <a href="#take-away">open a model file</a>, and
        what it has learned appears here.
      </p>
    </div>`;
  }
  return html`
    ${
      otherTable.value
        ? html`<p class="muted">The model is <strong>${model.name}</strong>, ${otherTable.value}.</p>`
        : nothing
    }
    ${state.state === "failed" ? html`<p class="notice error" role="alert">${state.message}</p>` : nothing}
    ${!known && state.state === "loading" ? html`<div class="empty"><p role="status">${state.note}…</p></div>` : nothing}
    ${
      known
        ? html`${importanceView(known)}
            <div class="understanding-pair">${mapView(known)} ${dependenceView(known)}</div>`
        : nothing
    }
  `;
}
