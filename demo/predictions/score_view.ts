import { signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { counted, fileSize } from "../ui/format.ts";
import { latest } from "../ui/loadable.ts";
import { lenient, score, scored, stopScoring } from "./state.ts";
import type { ScoredFile } from "./types.ts";

const ACCEPTED = ".csv,.tsv,.txt,.gz,.parquet";
const over = signal(false);

/** A whole file through the model. */
export function scoreView(): TemplateResult {
  const state = scored.value;
  const done = latest(state);
  const busy = state.state === "loading";
  const take = (files: FileList | null | undefined) => {
    if (files?.[0]) void score(files[0]);
  };
  const pick = (event: Event) => {
    const input = event.target as HTMLInputElement;
    take(input.files);
    input.value = ""; // the same file can be picked again
  };
  const drag = (event: DragEvent, inside: boolean) => {
    event.preventDefault();
    over.value = inside;
  };
  return html`<div class="card" id="predictions-score">
    <div class="stack predictions-tight">
      <h3>Score a whole file</h3>
      <p class="help">
        A file with the columns of the form, more are welcome. You get it back with the predictions as further columns.
      </p>
    </div>
    <div
      class="drop ${over.value ? "over" : ""}"
      @dragover=${(event: DragEvent) => drag(event, true)}
      @dragleave=${(event: DragEvent) => drag(event, false)}
      @drop=${(event: DragEvent) => {
        drag(event, false);
        take(event.dataTransfer?.files);
      }}
    >
      <label class="predictions-file">
        <span>Drop a CSV, gzipped CSV or Parquet file here, or pick one</span>
        <input id="predictions-file" type="file" accept=${ACCEPTED} ?disabled=${busy} @change=${pick} />
      </label>
      <label class="check">
        <input
          type="checkbox"
          id="predictions-lenient"
          .checked=${live(lenient.value)}
          @change=${(event: Event) => {
            lenient.value = (event.target as HTMLInputElement).checked;
          }}
        />
        Fill gaps that training did not have with the column’s mean
      </label>
    </div>
    ${
      busy
        ? html`<div class="predictions-progress">
            <p class="help" role="status">${state.note}</p>
            <progress max="1" value=${state.fraction ?? nothing} aria-label="Scoring the file"></progress>
            <button type="button" class="small" id="predictions-score-stop" @click=${stopScoring}>Stop</button>
          </div>`
        : nothing
    }
    ${state.state === "failed" ? html`<p class="notice error" role="alert">${state.message}</p>` : nothing}
    ${done && state.state === "failed" ? html`<p class="help">What follows is of the file before.</p>` : nothing}
    ${done ? doneView(done) : nothing}
  </div>`;
}

function doneView({ name, rows, csv, notes, preview, url }: ScoredFile & { url: string }): TemplateResult {
  return html`
    <div class="buttons">
      <a class="button primary" id="predictions-download" href=${url} download=${name}>Download ${name}</a>
      <span class="muted" role="status">${counted(rows, "row")} predicted, ${fileSize(csv.size)}</span>
    </div>
    ${notes.length > 0 ? html`<ul class="notice predictions-notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>` : nothing}
    <p class="help">The first rows, predictions first</p>
    <div class="table" tabindex="0" role="region" aria-label="The first rows with their predictions">
      <table id="predictions-scored">
        <caption class="visually-hidden">
          The first rows, predictions first
        </caption>
        <thead>
          <tr>${preview.columns.map(({ name, text }) => html`<th scope="col" class=${text ? "text" : "number"}>${name}</th>`)}</tr>
        </thead>
        <tbody>
          ${preview.rows.map((row) => html`<tr>${row.map((cell, i) => html`<td class=${preview.columns[i].text ? "text" : "number"}>${cell}</td>`)}</tr>`)}
        </tbody>
      </table>
    </div>
  `;
}
