import { html, nothing } from "lit-html";
import type { DataInfo } from "../data/types.ts";
import { busy, data, model, modelSettings } from "../session.ts";
import { textField } from "../ui/field.ts";
import { exactNumber, grouped } from "../ui/format.ts";
import { latest } from "../ui/loadable.ts";
import { modelForm as form, modelFieldId } from "./form.ts";
import { modelPicture } from "./picture.ts";
import { droppedRange } from "./range_guard.ts";
import { MODEL_LABELS, roomyRange } from "./settings.ts";
import type { ModelInfo, ModelSettings } from "./types.ts";

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
      ${field("layers", "Width of each, separated by commas", "text")}
      ${field("ps", "After each hidden layer: one number for all, or one each", "text")}
      ${field("embDrop", "Share of embedding values left out in training")}
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
  help: string,
  inputmode: "text" | "decimal" = "decimal",
) => textField(form, name, { id: modelFieldId(name), label: MODEL_LABELS[name], help, inputmode });

function toggle(name: "bnCont" | "useBn", label: string, checked: boolean) {
  const set = (event: Event) => {
    const change: Partial<ModelSettings> = { [name]: (event.target as HTMLInputElement).checked };
    modelSettings.value = { ...modelSettings.value, ...change };
  };
  return html`<label class="check">
    <input id="model-${name}" type="checkbox" .checked=${checked} @change=${set} /> ${label}
  </label>`;
}

/** Puts the outputs into a range that is a little wider than the target's. */
function fillRange(): void {
  const range = latest(data.value)?.targetRange;
  if (range) modelSettings.value = { ...modelSettings.value, yRange: roomyRange(range) };
}

function clearRange(): void {
  modelSettings.value = { ...modelSettings.value, yRange: null };
}

/** Lowest and highest output: regressions only. */
function rangeFields() {
  const info = latest(data.value);
  if (info?.task !== "regression") return nothing;
  const { targetRange } = info;
  const seen = targetRange
    ? ` ${targetWords(info)} runs from ${exactNumber(targetRange[0])} to ${exactNumber(targetRange[1])}.`
    : "";
  const button =
    modelSettings.value.yRange === null
      ? html`<button
          id="model-range-fill"
          type="button"
          class="plain"
          ?disabled=${!targetRange}
          @click=${fillRange}
        >
          A little wider than seen
        </button>`
      : html`<button id="model-range-clear" type="button" class="plain" @click=${clearRange}>No range</button>`;
  return html`<fieldset class="field">
    <legend>Range of outputs (y_range)</legend>
    <div class="pair">
      ${field("low", "Empty: no limit")} ${field("high", "Empty: no limit")}
    </div>
    <div role="status">${droppedNote(info)}</div>
    <p class="help">A sigmoid keeps predictions between the two.${seen}</p>
    <div class="buttons">${button}</div>
  </fieldset>`;
}

function droppedNote(info: DataInfo) {
  const range = droppedRange.value;
  if (range === null) return nothing;
  return html`<p id="model-range-dropped" class="notice">
    The range from ${exactNumber(range[0])} to ${exactNumber(range[1])} was dropped: it was not made for
    ${targetWords(info)}.
  </p>`;
}

const targetWords = ({ logTarget, target }: DataInfo) => (logTarget ? `ln ${target}` : target);

/** A logarithm gets there by itself; what is not one may take for ever. */
function scaleNotice({ farTarget }: ModelInfo) {
  const info = latest(data.value);
  if (!farTarget || !info || info.logTarget) return nothing;
  return html`<div id="model-scale" class="notice">
    <p>
      The values of ${info.target} lie far from 0, where a new model’s predictions begin: training may take very long to
      get there. Give the outputs a range, or learn the logarithm (see Data).
    </p>
    <button id="model-scale-range" type="button" class="small" ?disabled=${busy.value !== null} @click=${fillRange}>
      Give the outputs a range
    </button>
  </div>`;
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
    ${
      info
        ? html`<div class="stack model-built ${found.state === "ready" ? "" : "outdated"}">
            ${found.state === "ready" ? nothing : html`<p id="model-outdated" class="help">Below is still the model before this change.</p>`}
            ${describe(info)}
          </div>`
        : found.state === "failed"
          ? nothing
          : html`<p class="empty">The model appears here once there is data to learn from.</p>`
    }
  `;
}

function describe(info: ModelInfo) {
  const inputs = info.layers[0].fanIn;
  const output = info.layers.at(-1)!.fanOut;
  return html`
    ${scaleNotice(info)}
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
