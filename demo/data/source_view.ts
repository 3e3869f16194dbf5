/** Where the table comes from: a place to drop a file, buttons, and what is loaded. */
import { html, nothing, type TemplateResult } from "lit-html";
import { busy, dataSource, table } from "../session.ts";
import { counted } from "../ui/format.ts";
import { latest } from "../ui/loadable.ts";
import { cancelLoading, openFile, openSample } from "./actions.ts";
import { draggedOver } from "./drop.ts";
import { quoted } from "./mostly_numbers.ts";

const ACCEPTED = ".csv,.tsv,.txt,.gz,.parquet,text/csv,application/vnd.apache.parquet";

export function sourceView(): TemplateResult {
  const held = busy.value !== null;
  const usesSample = dataSource.value?.kind === "sample";
  const loading = table.value.state === "loading";
  return html`
    <div class="data-source">
      <div class="drop ${draggedOver.value ? "over" : ""}" id="data-drop">
        <p><strong>Drop a table here</strong>, or anywhere on the page</p>
        <p class="help" id="data-file-help">CSV, gzipped CSV or Parquet, with column names. It stays on your computer.</p>
        <div class="buttons">
          <label class="button ${held ? "off" : ""}">
            Choose a file
            <input
              class="visually-hidden"
              id="data-file"
              type="file"
              accept=${ACCEPTED}
              aria-describedby="data-file-help"
              ?disabled=${held}
              @change=${pick}
            />
          </label>
          <button
            type="button"
            id="data-sample"
            ?disabled=${held || (usesSample && !loading)}
            @click=${() => void openSample()}
          >
            Use the sample
          </button>
        </div>
      </div>
      <div class="card">${loadedView()}</div>
    </div>
  `;
}

function pick(event: Event): void {
  const input = event.target as HTMLInputElement;
  const [file] = input.files ?? [];
  input.value = ""; // the same file can be chosen again, once it is mended
  if (file) void openFile(file);
}

function marksNote(): TemplateResult | typeof nothing {
  const source = dataSource.value;
  if (source?.kind !== "file" || !source.missing) return nothing;
  return html`<p class="help">Read as missing: ${quoted(source.missing)}</p>`;
}

function loadedView(): TemplateResult {
  const state = table.value;
  const info = latest(state);
  return html`
    ${
      info
        ? html`
            <div class="data-name">
              <h3 id="data-table-name">${info.name}</h3>
              ${info.synthetic ? html`<span class="tag" id="data-synthetic">synthetic</span>` : nothing}
            </div>
            <p class="data-size">
              ${counted(info.rows, "row")}, ${counted(info.columns.length, "column")}
            </p>
            ${
              info.synthetic
                ? html`<p class="help">
                    A hundred invented shops: their sales follow a formula plus noise of known size, so the page can say how
                    near a model came to the best score that is possible.
                  </p>`
                : nothing
            }
            ${marksNote()}
            ${info.notes.map((note) => html`<p class="notice">${note}</p>`)}
          `
        : state.state === "loading"
          ? nothing
          : html`<p class="help">No table yet. Bring a file, or use the sample.</p>`
    }
    <div role="status" class="stack">
      ${state.state === "loading" ? html`<p class="help" id="data-loading">${state.note}</p>` : nothing}
    </div>
    ${
      state.state === "loading"
        ? html`<progress max="1" .value=${state.fraction ?? null} aria-label="File read"></progress>
            ${info ? html`<div><button type="button" class="small" id="data-cancel" @click=${cancelLoading}>Cancel</button></div>` : nothing}`
        : nothing
    }
    ${
      state.state === "failed"
        ? html`<p class="notice error" role="alert" id="data-error">
            ${state.message}${info ? html` <span class="data-kept">“${info.name}” stays as it was.</span>` : nothing}
          </p>`
        : nothing
    }
  `;
}
