/** Two trainings from one seed, one switch apart: their activations, their losses, and what that says. */
import { html, nothing, type TemplateResult } from "lit-html";
import { chart } from "../charts/chart.ts";
import { LineChart } from "../charts/line_chart.ts";
import { busy, data, modelSettings } from "../session.ts";
import { canAsk, mayBegin, refusalOf } from "../training/hindrance.ts";
import { textField } from "../ui/field.ts";
import { counted, grouped } from "../ui/format.ts";
import { latest } from "../ui/loadable.ts";
import { blockFindings } from "./block_findings.ts";
import { columnFindings } from "./column_findings.ts";
import { lossFigure } from "./figures.ts";
import { averagedWords } from "./findings_words.ts";
import { WITHOUT_WORDS } from "./layers.ts";
import { lossLines } from "./lines.ts";
import { pictures } from "./pictures.ts";
import { comparison, cutOff, form, settings, start, stepsDone, stop } from "./state.ts";
import type { Comparison, Switch } from "./types.ts";

const SWITCHES: Readonly<Record<Switch, string>> = {
  blocks: "the one after every hidden layer",
  continuous: "the one on the continuous columns",
  both: "both",
};

export function insidePanel(): TemplateResult {
  const shown = latest(comparison.value);
  return html`
    <div class="beside">
      ${settingsForm()}
      <div class="stack">${progress()} ${shown ? losses(shown) : nothing}</div>
    </div>
    ${shown ? html`${findings(shown)} ${pictures(shown)}` : nothing}
  `;
}

function settingsForm(): TemplateResult {
  const waiting = busy.value !== null;
  const refusal = refusalOf("inside");
  const current = modelSettings.value.layers.join(", ");
  return html`<form
    id="inside-settings"
    class="card"
    novalidate
    @submit=${(event: Event) => {
      event.preventDefault();
      if (form.insist()) {
        if (mayBegin("inside")) void start();
      } else (event.target as HTMLElement).querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    }}
  >
    <fieldset class="stack" ?disabled=${waiting}>
      <legend class="visually-hidden">Settings of the comparison</legend>
      <div class="field" role="radiogroup" aria-labelledby="inside-change-label">
        <span id="inside-change-label" class="inside-label">One model has every BatchNorm. The other goes without</span>
        ${(Object.keys(SWITCHES) as Switch[]).map(
          (change) => html`<label class="check">
            <input
              type="radio"
              name="inside-change"
              id="inside-change-${change}"
              value=${change}
              .checked=${settings.value.change === change}
              @change=${() => {
                settings.value = { ...settings.value, change };
              }}
            />
            ${SWITCHES[change]}
          </label>`,
        )}
      </div>
      ${textField(form, "layers", {
        id: "inside-layers",
        label: "Hidden layers",
        help: "The deeper, the more a drift shows",
        inputmode: "text",
      })}
      ${
        current === form.text("layers")
          ? nothing
          : html`<div class="buttons">
              <button
                id="inside-own-layers"
                type="button"
                class="plain"
                @click=${() => {
                  form.input("layers", current);
                  form.insist();
                }}
              >
                As in my model: ${current}
              </button>
            </div>`
      }
      <div class="pair">
        ${textField(form, "lr", { id: "inside-lr", label: "Learning rate", help: "The same all the way" })}
        ${textField(form, "steps", { id: "inside-steps", label: "Steps", help: "Of each model", inputmode: "numeric" })}
      </div>
      <p class="help">
        Data, batch size, seed and range of outputs are those chosen above. There is no dropout, and weight decay is 0.01:
        nothing but the switch differs.
      </p>
    </fieldset>
    <div class="buttons">
      <button id="inside-start" type="submit" class="primary" ?disabled=${!canAsk.value}>
        Train both
      </button>
      <button id="inside-stop" type="button" ?disabled=${busy.value !== "inside"} @click=${stop}>Stop</button>
    </div>
    ${refusal === null ? nothing : html`<p id="inside-refusal" class="notice error" role="alert">${refusal}</p>`}
  </form>`;
}

function progress(): TemplateResult {
  const state = comparison.value;
  const shown = latest(state);
  return html`
    <div id="inside-status" role="status">${statusWords()}</div>
    ${
      state.state === "loading"
        ? html`<progress id="inside-progress" max="1" .value=${state.fraction ?? 0} aria-label="Both trainings"></progress>
            ${shown ? html`<p class="help">Step ${stepsDone(shown)} of ${shown.settings.steps}</p>` : nothing}`
        : nothing
    }
    ${state.state === "failed" ? html`<p id="inside-failure" class="notice error" role="alert">${state.message}</p>` : nothing}
    ${cutOffNotice()}
    ${shown && isOld(shown) ? html`<p class="notice">These two learned from the data as it was before. Train both again to see the new.</p>` : nothing}
    ${shown ? nothing : introduction()}
  `;
}

function cutOffNotice(): TemplateResult | typeof nothing {
  if (cutOff.value === null) return nothing;
  const { step, steps } = cutOff.value;
  const when = step === 0 ? "before its first steps" : `after step ${grouped(step)} of ${grouped(steps)}`;
  return html`<p id="inside-cut-off" class="notice">
    The page was closed or loaded anew while both models trained, ${when}: the comparison is gone. The settings are as they
    were.
  </p>`;
}

/** What there is to see, before there is anything. */
function introduction(): TemplateResult {
  return html`<div class="card inside-introduction">
    <p>
      <strong>What BatchNorm does.</strong> It takes a column, or a unit of a hidden layer, for the rows of one batch,
      subtracts their mean, and divides by their standard deviation. Then it multiplies by a scale and adds a shift, two
      numbers of its own for each column or unit, which the training learns.
    </p>
    <p>
      <strong>What you will see.</strong> Two models train on the same batches from the same seed. One has every BatchNorm,
      the other goes without those you choose. You see what each layer hands to the next: its mean, its spread, its
      histogram over time; how that drifts from layer to layer; and what it does to the loss. What is said in the end is
      drawn from the numbers of your two trainings, whichever way they turn out.
    </p>
    <p class="help">
      ${
        latest(data.value)
          ? "Without a graphics card this takes about a minute."
          : "This begins once there is data to learn from."
      }
    </p>
  </div>`;
}

function statusWords(): TemplateResult | typeof nothing {
  const state = comparison.value;
  if (state.state === "loading") return html`<p>${state.note}…</p>`;
  if (state.state !== "ready") {
    if (busy.value === null || busy.value === "inside") return nothing;
    return html`<p class="muted">Something else is training; this can start when it has ended.</p>`;
  }
  const done = counted(stepsDone(state.value), "step");
  return state.value.result?.stopped
    ? html`<p>Stopped after ${done}.</p>`
    : html`<p>Both have trained ${done}.</p>`;
}

function isOld(shown: Comparison): boolean {
  const info = latest(data.value);
  return info !== undefined && info.version !== shown.dataVersion;
}

function losses(shown: Comparison): TemplateResult {
  const { result, settings } = shown;
  const rows = result
    ? ([
        ["With every BatchNorm", result.sides.with],
        [capital(WITHOUT_WORDS[settings.change]), result.sides.without],
      ] as const)
    : [];
  return html`<div class="card chart-card">
    <figure>
      <figcaption>Training loss, on a log scale</figcaption>
      <div id="inside-loss" class="chart" ${chart(LineChart, lossLines(shown))}></div>
    </figure>
    ${
      result
        ? html`<div class="table" tabindex="0" role="region" aria-label="Losses at the end">
            <table id="inside-losses">
              <thead>
                <tr>
                  <th scope="col">model</th>
                  <th scope="col">training loss at the end, ${averagedWords(result.sides)}</th>
                  <th scope="col">validation loss</th>
                </tr>
              </thead>
              <tbody>
                ${rows.map(
                  ([name, { trainLoss, validLoss, divergedAt }]) => html`<tr>
                    <th scope="row">${name}</th>
                    <td>
                      ${divergedAt === null ? lossFigure(trainLoss ?? Number.NaN) : `no number after step ${divergedAt}`}
                    </td>
                    <td>${lossFigure(validLoss ?? Number.NaN)}</td>
                  </tr>`,
                )}
              </tbody>
            </table>
          </div>`
        : nothing
    }
  </div>`;
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

function findings(shown: Comparison): TemplateResult | typeof nothing {
  const { result } = shown;
  if (!result || shown.looks.with.length === 0) return nothing;
  const part = (title: string, sentences: readonly string[]) =>
    sentences.length === 0
      ? nothing
      : html`<div>
          <h3>${title}</h3>
          ${sentences.map((sentence) => html`<p>${sentence}</p>`)}
        </div>`;
  return html`<div id="inside-findings" class="card grid inside-findings">
    ${part("Why after every hidden layer?", blockFindings(shown))}
    ${part("Why on columns that are already normalised?", columnFindings(shown))}
  </div>`;
}
