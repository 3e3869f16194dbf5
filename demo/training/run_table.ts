import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { repeat } from "lit-html/directives/repeat.js";
import { runs } from "../session.ts";
import { duration, score } from "../ui/format.ts";
import { styleVars } from "../ui/style_vars.ts";
import { chosen, chosenId, remove, rename, show } from "./actions.ts";
import { colourOf, scoresOf } from "./run_charts.ts";
import type { Run } from "./types.ts";

/** All runs, newest last: shown or not, renamed, removed, chosen. */
export function runTable() {
  const all = runs.value;
  const names = [...new Set(all.flatMap((run) => Object.keys(scoresOf(run))))];
  return html`<div class="card">
    <h3 id="training-runs-title">Runs</h3>
    <div class="table" tabindex="0" role="region" aria-label="Table of runs">
      <table id="training-runs">
        <thead>
          <tr>
            <th scope="col">run</th>
            <th scope="col" class="text">name</th>
            ${names.map((name) => html`<th scope="col">${name}</th>`)}
            <th scope="col">epochs</th>
            <th scope="col">batch</th>
            <th scope="col">seed</th>
            <th scope="col">time</th>
            <th scope="col"><span class="visually-hidden">what to do with it</span></th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            all,
            ({ id }) => id,
            (run) => row(run, names),
          )}
        </tbody>
      </table>
    </div>
  </div>`;
}

function row(run: Run, names: readonly string[]) {
  const { id, name, history, epochs, settings, state } = run;
  const scores = scoresOf(run);
  const seconds = history.reduce((sum, { seconds }) => sum + seconds, 0);
  const underWay = state === "running" || state === "paused";
  const isChosen = chosen.value?.id === id;
  return html`<tr data-state=${state}>
    <th scope="row">
      <label class="check">
        <input
          type="checkbox"
          .checked=${live(run.shown)}
          aria-label="Draw run ${id}"
          @change=${(event: Event) => show(id, (event.target as HTMLInputElement).checked)}
        />
        <span class="swatch" ${styleVars({ "--swatch": `var(${colourOf(id)})` })}></span>${id}
      </label>
    </th>
    <td class="text">
      <input
        class="run-name"
        aria-label="Name of run ${id}"
        autocomplete="off"
        .value=${live(name)}
        @change=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          rename(id, input.value);
          if (input.value.trim() === "") input.value = name;
        }}
      />
      ${state === "done" ? nothing : html`<span class="tag">${state}</span>`}
    </td>
    ${names.map((metric) => html`<td>${score(scores[metric] ?? Number.NaN)}</td>`)}
    <td>${history.length === epochs ? epochs : `${history.length} of ${epochs}`}</td>
    <td>${settings.bs}</td>
    <td>${settings.seed}</td>
    <td>${duration(seconds)}</td>
    <td>
      <button
        type="button"
        class="plain run-choose"
        aria-pressed=${isChosen ? "true" : "false"}
        aria-label="Epochs of run ${id}"
        @click=${() => {
          chosenId.value = id;
        }}
      >
        Epochs
      </button>
      <button
        type="button"
        class="plain run-remove"
        aria-label="Remove run ${id}"
        ?disabled=${underWay}
        @click=${() => remove(id)}
      >
        Remove
      </button>
    </td>
  </tr>`;
}
