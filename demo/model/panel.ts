import { html, nothing } from "lit-html";
import { axisNumber } from "../charts/look.ts";
import { busy, data, model, modelSettings } from "../session.ts";
import { textField } from "../ui/field.ts";
import { Form } from "../ui/form.ts";
import { grouped } from "../ui/format.ts";
import { latest } from "../ui/loadable.ts";
import { modelPicture } from "./picture.ts";
import { modelTexts, parseModel, roomyRange } from "./settings.ts";
import type { ModelInfo, ModelSettings } from "./types.ts";

const form = new Form(modelSettings, modelTexts, (texts) => parseModel(texts, modelSettings.value));

export const modelPanel = () => html`
  <div class="beside">
    ${settingsForm()}
    <div class="stack model-shown">${shown()}</div>
  </div>
`;

function settingsForm() {
  const settings = modelSettings.value;
  return html`<form
    id="model-settings"
    class="card"
    novalidate
    @submit=${(event: Event) => {
      event.preventDefault();
      form.insist();
    }}
  >
    <fieldset class="stack" ?disabled=${busy.value !== null}>
      <legend class="visually-hidden">Settings of the model</legend>
      ${field("layers", "Hidden layers", "Width of each, separated by commas", "text")}
      ${field("ps", "Dropout", "After each hidden layer: one number for all, or one each", "text")}
      ${field("embDrop", "Embedding dropout", "Share of embedding values left out in training")}
      ${rangeFields()}
      <div class="field">
        ${toggle("bnCont", "BatchNorm on continuous columns", settings.bnCont)}
        ${toggle("useBn", "BatchNorm after each hidden layer", settings.useBn)}
        <p class="help">What they do: <a href="#inside">Inside: why BatchNorm?</a></p>
      </div>
    </fieldset>
  </form>`;
}

const field = (
  name: Parameters<typeof form.text>[0],
  label: string,
  help: string,
  inputmode: "text" | "decimal" = "decimal",
) => textField(form, name, { id: `model-${name}`, label, help, inputmode }, () => form.insist());

function toggle(name: "bnCont" | "useBn", label: string, checked: boolean) {
  const set = (event: Event) => {
    const change: Partial<ModelSettings> = { [name]: (event.target as HTMLInputElement).checked };
    modelSettings.value = { ...modelSettings.value, ...change };
  };
  return html`<label class="check">
    <input id="model-${name}" type="checkbox" .checked=${checked} @change=${set} /> ${label}
  </label>`;
}

/** Targets beyond this take a model that begins near 0 very long to reach. */
const FAR = 20;

/** Lowest and highest output: regressions only. */
function rangeFields() {
  const info = latest(data.value);
  if (info?.task !== "regression") return nothing;
  const { targetRange } = info;
  const seen = targetRange
    ? ` ${info.logTarget ? `ln ${info.target}` : info.target} runs from ${axisNumber(targetRange[0])} to ${axisNumber(targetRange[1])}.`
    : "";
  const fill = () => {
    if (targetRange) modelSettings.value = { ...modelSettings.value, yRange: roomyRange(targetRange) };
  };
  const clear = () => {
    modelSettings.value = { ...modelSettings.value, yRange: null };
  };
  const some = modelSettings.value.yRange !== null;
  const far = !some && targetRange !== null && Math.max(...targetRange.map(Math.abs)) > FAR;
  return html`<fieldset class="field">
    <legend>Range of outputs (y_range)</legend>
    <div class="pair">
      ${field("low", "Lowest", "Empty: no limit")} ${field("high", "Highest", "Empty: no limit")}
    </div>
    <p class="help">A sigmoid keeps predictions between the two.${seen}</p>
    ${
      far
        ? html`<p class="notice" id="model-range-hint">
            A new model’s outputs begin near 0, far from most of ${info.target}. Set a range here, or let it learn the
            logarithm under Data, or training may take very long to get there.
          </p>`
        : nothing
    }
    <div class="buttons">
      ${
        some
          ? html`<button id="model-range-clear" type="button" class="plain" @click=${clear}>No range</button>`
          : html`<button
              id="model-range-fill"
              type="button"
              class="plain"
              ?disabled=${!targetRange}
              @click=${fill}
            >
              A little wider than seen
            </button>`
      }
    </div>
  </fieldset>`;
}

function shown() {
  const { value: found } = model;
  const info = latest(found);
  return html`
    <div id="model-state" role="status">
      ${
        found.state === "loading"
          ? html`<p class="muted">${found.note}</p>
              <progress max="1" .value=${found.fraction ?? 0} aria-label="Building the model"></progress>`
          : nothing
      }
    </div>
    ${found.state === "failed" ? html`<p id="model-failure" class="notice error" role="alert">${found.message}</p>` : nothing}
    ${info ? describe(info) : found.state === "failed" ? nothing : html`<p class="empty">The model appears here once there is data to learn from.</p>`}
  `;
}

function describe(info: ModelInfo) {
  const inputs = info.layers[0].fanIn;
  const output = info.layers.at(-1)!.fanOut;
  return html`
    <dl class="facts">
      <div><dt>Parameters</dt><dd id="model-parameters">${grouped(info.parameters)}</dd></div>
      <div><dt>Numbers per row</dt><dd>${grouped(inputs)}</dd></div>
      <div><dt>Hidden layers</dt><dd>${info.layers
        .slice(0, -1)
        .map(({ fanOut }) => grouped(fanOut))
        .join(", ")}</dd></div>
      <div><dt>Outputs</dt><dd>${grouped(output)}</dd></div>
    </dl>
    <div class="card">${modelPicture(info)}</div>
    <details id="model-print" open>
      <summary>The model, as PyTorch prints it</summary>
      <pre id="model-text" tabindex="0" role="region" aria-label="The model, as PyTorch prints it">${info.text}</pre>
    </details>
    ${embeddings(info)}
  `;
}

function embeddings({ embeddings }: ModelInfo) {
  if (embeddings.length === 0) return nothing;
  return html`<details id="model-embeddings">
    <summary>The embeddings: what each category becomes</summary>
    <div class="table" tabindex="0" role="region" aria-label="Embeddings">
      <table>
        <caption>
          One row per category and one for missing or unknown ones; the width by fastai’s rule
        </caption>
        <thead>
          <tr>
            <th scope="col">column</th>
            <th scope="col">rows</th>
            <th scope="col">width</th>
            <th scope="col">parameters</th>
          </tr>
        </thead>
        <tbody>
          ${embeddings.map(
            ({ column, categories, width }) => html`<tr>
              <th scope="row">${column}</th>
              <td>${grouped(categories)}</td>
              <td>${grouped(width)}</td>
              <td>${grouped(categories * width)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
