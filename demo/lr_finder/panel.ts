import { computed } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { chart } from "../charts/chart.ts";
import { LineChart } from "../charts/line_chart.ts";
import { busy, lrCurve, model, trainingSettings } from "../session.ts";
import { canAsk, mayBegin, refusalOf } from "../training/hindrance.ts";
import { textField } from "../ui/field.ts";
import { Form } from "../ui/form.ts";
import { latest } from "../ui/loadable.ts";
import { styleVars } from "../ui/style_vars.ts";
import { find, keyNow, lrFinderSettings, stopFinding, stopping, takeRate } from "./actions.ts";
import { curveLines, curveNote, RULES } from "./curve.ts";
import { lrTexts, parseLrFinder, tidyRate } from "./settings.ts";
import type { LrCurve } from "./types.ts";

const form = new Form(lrFinderSettings, lrTexts, parseLrFinder);

const lines = computed(() => {
  const curve = latest(lrCurve.value);
  return curve ? curveLines(curve) : null;
});

export const lrFinderPanel = () => html`
  <div class="beside">
    ${settingsForm()}
    <div class="stack">${progress()} ${result()}</div>
  </div>
`;

function settingsForm() {
  const finding = busy.value === "lr_finder";
  const refusal = refusalOf("lr_finder");
  const field = (name: Parameters<typeof form.text>[0], label: string, help: string) =>
    textField(form, name, { id: `lr-finder-${name}`, label, help });
  const submit = (event: Event) => {
    event.preventDefault();
    if (form.insist()) {
      if (mayBegin("lr_finder")) void find();
    } else {
      const host = event.target as HTMLElement;
      host.querySelector("details")!.open = true;
      host.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    }
  };
  return html`<form id="lr-finder-settings" class="card" novalidate @submit=${submit}>
    <p>
      A hundred steps or so, each at a higher rate than the one before. Afterwards the model is as it was.
    </p>
    <div class="buttons">
      <button id="lr-finder-start" type="submit" class="primary" ?disabled=${!canAsk.value}>
        Find the learning rate
      </button>
      ${
        finding
          ? html`<button id="lr-finder-stop" type="button" ?disabled=${stopping.value} @click=${stopFinding}>
              ${stopping.value ? "Stopping…" : "Stop"}
            </button>`
          : nothing
      }
    </div>
    ${refusal === null ? nothing : html`<p id="lr-finder-refusal" class="notice error" role="alert">${refusal}</p>`}
    <details>
      <summary>Where it looks</summary>
      <fieldset class="stack" ?disabled=${busy.value !== null}>
        <legend class="visually-hidden">Settings of the LR finder</legend>
        ${field("startLr", "First rate", "fastai begins at 1e-7")}
        ${field("endLr", "Last rate", "It ends earlier when the loss blows up")}
        ${field("numIt", "Steps", "More steps make a finer curve")}
      </fieldset>
    </details>
  </form>`;
}

function progress() {
  const { value: found } = lrCurve;
  if (found.state === "failed") {
    return html`<p id="lr-finder-failure" class="notice error" role="alert">${found.message}</p>`;
  }
  if (found.state !== "loading") return nothing;
  return html`<div class="stack">
    <p id="lr-finder-progress" class="muted">${found.note}</p>
    <progress max="1" .value=${found.fraction ?? 0} aria-label="Steps of the LR finder"></progress>
  </div>`;
}

function result() {
  const curve = latest(lrCurve.value);
  if (!curve) {
    const words =
      model.value.state === "ready" || lrCurve.value.state === "loading"
        ? "The loss at each rate is drawn here, with fastai’s suggestions marked."
        : "The finder needs a model: see above.";
    return html`<p class="empty">${words}</p>`;
  }
  const note = curveNote(curve);
  return html`
    ${
      curve.of === keyNow.value
        ? nothing
        : html`<p id="lr-finder-stale" class="notice">
            This curve is of another model, batch size or data. Find the rate again for the one above.
          </p>`
    }
    <figure class="card chart-card">
      <figcaption>Loss (smoothed) by learning rate, up to where it blows up</figcaption>
      <div id="lr-finder-curve" class="chart" ${chart(LineChart, lines.value!)}></div>
    </figure>
    ${note === null ? nothing : html`<p id="lr-finder-note" class="notice">${note}</p>`} ${suggestions(curve)}
  `;
}

function suggestions({ suggestions: all }: LrCurve) {
  const { lr: inUse } = trainingSettings.value;
  return html`<ul class="suggestions" aria-label="Suggested learning rates">
    ${all.map(({ name, lr }, i) => {
      const rate = tidyRate(lr);
      const taken = rate === inUse;
      const words = taken ? "Training uses it" : "Use this rate";
      return html`<li class="card" ${styleVars({ "--swatch": `var(--series-${(i % 5) + 2})` })}>
        <h3>${name} <span class="rate">${rate}</span></h3>
        <p class="help">${RULES[name] ?? ""}</p>
        <button
          type="button"
          class="small"
          data-suggestion=${name}
          aria-pressed=${taken ? "true" : "false"}
          aria-label="${words} (${name}, ${rate})"
          ?disabled=${busy.value !== null}
          @click=${() => takeRate(lr)}
        >
          ${words}
        </button>
      </li>`;
    })}
  </ul>`;
}
