import { effect, signal, untracked } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { busy, currentModel } from "../session.ts";
import { studio } from "../studio.ts";
import { otherTable } from "../training/other_table.ts";
import { copyButton } from "../ui/copy_button.ts";
import { download } from "../ui/download.ts";
import { fileSize, grouped, score } from "../ui/format.ts";
import { EMPTY, type Loadable, latest, messageOf, ready } from "../ui/loadable.ts";
import { embedLines, exampleJson, fileNameOf, rowHelp, type Variant } from "./snippets.ts";
import type { TakeAwayInfo } from "./types.ts";

const info = signal<Loadable<TakeAwayInfo>>(EMPTY);
const variant = signal<Variant>("npm");
const opening = signal<Loadable<string>>(EMPTY);
const downloadFailure = signal<string | null>(null);
const over = signal(false);

/** Follows the current model: its columns and an example row. */
export function startTakeAway(): void {
  let version: number | null = null;
  effect(() => {
    const current = currentModel.value;
    if (current.state === "empty") {
      version = null;
      info.value = EMPTY;
    } else if (current.state === "ready" && current.value.version !== version) {
      version = current.value.version;
      untracked(() => void describe(current.value.version));
    }
  });
}

async function describe(version: number): Promise<void> {
  info.value = { state: "loading", note: "Reading the model’s columns…", value: latest(info.value) };
  const next: Loadable<TakeAwayInfo> = await studio
    .takeAwayInfo()
    .then(ready, (error) => ({ state: "failed", message: messageOf(error) }));
  // Another model may have come meanwhile.
  if (latest(currentModel.value)?.version === version) info.value = next;
}

/** Opens a model's file; the model before stays if it cannot be read. */
async function open(file: File): Promise<void> {
  opening.value = { state: "loading", note: `Reading ${file.name}…` };
  try {
    currentModel.value = ready(await studio.openModelFile(file));
    opening.value = ready(file.name);
  } catch (error) {
    opening.value = { state: "failed", message: `${file.name}: ${messageOf(error)}` };
  }
}

async function save(file: string): Promise<void> {
  downloadFailure.value = null;
  try {
    download(file, await studio.modelFile());
  } catch (error) {
    downloadFailure.value = messageOf(error);
  }
}

export const takeAwayPanel = () => html`
  <div class="grid take-away-files">${theFile()} ${openFile()}</div>
  ${code()}
`;

function theFile() {
  const current = latest(currentModel.value);
  return html`
    <div class="card">
      <h3>The model file</h3>
      ${
        current
          ? html`
              <dl class="facts">
                <div>
                  <dt>Model</dt>
                  <dd><span id="take-away-name">${current.name}</span>${otherTable.value && `, ${otherTable.value}`}</dd>
                </div>
                <div>
                  <dt>Predicts</dt>
                  <dd>${current.target}</dd>
                </div>
                <div>
                  <dt>Parameters</dt>
                  <dd>${grouped(current.parameters)}</dd>
                </div>
                <div>
                  <dt>File</dt>
                  <dd>${fileSize(current.fileBytes)}</dd>
                </div>
                ${Object.entries(current.metrics).map(
                  ([name, value]) => html`<div>
                    <dt>${name}</dt>
                    <dd>${score(value)}</dd>
                  </div>`,
                )}
              </dl>
              <p class="help">
                A .safetensors file: weights, categories, means and gaps filled, all in one. PyTorch reads its weights
                too.
              </p>
              <div class="buttons">
                <button id="take-away-download" class="primary" type="button" @click=${() => save(fileNameOf(current))}>
                  Download ${fileNameOf(current)}
                </button>
              </div>
              ${
                downloadFailure.value === null
                  ? nothing
                  : html`<p class="notice error" role="alert">${downloadFailure.value}</p>`
              }
            `
          : html`<p class="empty">Train a model above, and its file is here.</p>`
      }
    </div>
  `;
}

function openFile() {
  const state = opening.value;
  const locked = busy.value !== null;
  return html`
    <div class="card">
      <h3>Open a model</h3>
      <div
        id="take-away-drop"
        class=${over.value ? "drop over" : "drop"}
        @dragover=${(event: DragEvent) => {
          event.preventDefault();
          over.value = true;
        }}
        @dragleave=${() => {
          over.value = false;
        }}
        @drop=${(event: DragEvent) => {
          event.preventDefault();
          over.value = false;
          const file = event.dataTransfer?.files[0];
          if (file && !locked) void open(file);
        }}
      >
        <p><strong>Drop a .safetensors file here</strong> that TabGPU wrote</p>
        <div class="buttons">
          <label class="button ${locked ? "off" : ""}">
            Choose a model file
            <input
              id="take-away-open"
              class="visually-hidden"
              type="file"
              accept=".safetensors"
              aria-describedby="take-away-open-help"
              ?disabled=${locked}
              @change=${({ target }: Event) => {
                const input = target as HTMLInputElement;
                const file = input.files?.[0];
                // So that the same file can be picked again once it is mended.
                input.value = "";
                if (file) void open(file);
              }}
            />
          </label>
        </div>
      </div>
      <p id="take-away-open-help" class="help">
        ${locked ? "While a model trains, no other can be opened." : "It takes the place of the current model in the panels above."}
      </p>
      <p id="take-away-opened" role="status" class=${state.state === "ready" ? "notice" : "visually-hidden"}>
        ${state.state === "ready" ? `${state.value} is the current model now.` : state.state === "loading" ? state.note : ""}
      </p>
      ${
        state.state === "failed"
          ? html`<p id="take-away-open-error" class="notice error" role="alert">
              ${state.message} ${latest(currentModel.value) ? "The model before is still in use." : ""}
            </p>`
          : nothing
      }
    </div>
  `;
}

function code() {
  const current = latest(currentModel.value);
  const shown = latest(info.value);
  if (info.value.state === "failed") {
    return html`<p class="notice error" role="alert">${info.value.message}</p>`;
  }
  if (!current || !shown) {
    return html`<p class="empty">
      ${
        info.value.state === "loading"
          ? info.value.note
          : "The lines that put the model into your own page appear here, with your columns in them."
      }
    </p>`;
  }
  const lines = embedLines(variant.value, fileNameOf(current), shown);
  const json = exampleJson(shown);
  const choice = (value: Variant, words: string) => html`
    <label class="check" for="take-away-${value}">
      <input
        type="radio"
        name="take-away-variant"
        id="take-away-${value}"
        value=${value}
        .checked=${variant.value === value}
        @change=${() => {
          variant.value = value;
        }}
      />
      ${words}
    </label>
  `;
  return html`
    <div class="grid take-away-code">
      <div class="card">
        <div class="take-away-head">
          <h3 id="take-away-lines-title">In your own page</h3>
          ${copyButton("take-away-copy", lines, "Copy the lines")}
        </div>
        <fieldset class="buttons">
          <legend class="visually-hidden">How your page loads TabGPU</legend>
          ${choice("npm", "With npm")} ${choice("module", "One ES module, no tools")}
        </fieldset>
        <pre id="take-away-lines" tabindex="0" role="region" aria-labelledby="take-away-lines-title"><code>${lines}</code></pre>
      </div>
      <div class="card">
        <div class="take-away-head">
          <h3 id="take-away-json-title">A row as JSON</h3>
          ${copyButton("take-away-copy-row", json, "Copy the row")}
        </div>
        <p class="help">${rowHelp(shown.inputs)}</p>
        <pre id="take-away-json" tabindex="0" role="region" aria-labelledby="take-away-json-title"><code>${json}</code></pre>
      </div>
    </div>
  `;
}
