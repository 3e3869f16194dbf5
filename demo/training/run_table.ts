import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { repeat } from "lit-html/directives/repeat.js";
import { runs } from "../session.ts";
import { duration, score } from "../ui/format.ts";
import { styleVars } from "../ui/style_vars.ts";
import { chosen, chosenId, remove, rename, show } from "./actions.ts";
import { bestRuns, comparableRuns, learnedWords, unitOf } from "./learned.ts";
import { colourOf, scoresOf } from "./run_charts.ts";
import type { Run } from "./types.ts";

/** All runs, newest last: shown or not, renamed, removed, chosen. A table for each kind of runs that compare. */
export function runTable(): TemplateResult {
  const groups = comparableRuns(runs.value);
  return html`<div id="training-runs" class="card">
    <h3 id="training-runs-title">Runs</h3>
    ${
      groups.length > 1
        ? html`<p class="help">
            Runs that learned something else, or were held against other rows, stand apart: their scores do not compare.
          </p>`
        : nothing
    }
    ${repeat(
      groups,
      ([{ id }]) => id,
      (group) => table(group),
    )}
  </div>`;
}

/** A column of scores: what it is measured in, and who is best. */
interface ScoreColumn {
  readonly metric: string;
  readonly unit: string;
  readonly best: ReadonlySet<number>;
}

/** With roles spelled out: on a phone its rows are laid out as blocks, and a table would no longer be told as one. */
function table(group: readonly Run[]): TemplateResult {
  const { learned } = group[0];
  const metrics = [...new Set(group.flatMap((run) => Object.keys(scoresOf(run))))];
  const columns = metrics.map((metric): ScoreColumn => {
    return { metric, unit: unitOf(metric, learned), best: bestRuns(group, metric) };
  });
  const words = learnedWords(learned);
  const heldOut = learned.heldOut === "" ? "" : ` Scores are of ${learned.heldOut}.`;
  const bold = columns.some(({ best }) => best.size > 0) ? " The best of a column is bold." : "";
  return html`<div class="run-group">
    <p class="help"><strong>${words}</strong>.${heldOut}${bold}</p>
    <div class="table" tabindex="0" role="region" aria-label="Runs that learned ${words}">
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">run</th>
            <th scope="col" role="columnheader" class="text">name</th>
            ${columns.map(
              ({ metric, unit }) => html`<th scope="col" role="columnheader">
                ${metric} <span class="unit">${unit}</span>
              </th>`,
            )}
            <th scope="col" role="columnheader">epochs</th>
            <th scope="col" role="columnheader">batch</th>
            <th scope="col" role="columnheader">seed</th>
            <th scope="col" role="columnheader">time</th>
            <th scope="col" role="columnheader"><span class="visually-hidden">what to do with it</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${repeat(
            group,
            ({ id }) => id,
            (run) => row(run, columns),
          )}
        </tbody>
      </table>
    </div>
  </div>`;
}

function row(run: Run, columns: readonly ScoreColumn[]): TemplateResult {
  const { id, name, history, epochs, settings, state } = run;
  const scores = scoresOf(run);
  const seconds = history.reduce((sum, { seconds }) => sum + seconds, 0);
  const underWay = state === "running" || state === "paused";
  const isChosen = chosen.value?.id === id;
  const cell = (label: string, value: string | number) =>
    html`<td role="cell" data-label=${label}>${value}</td>`;
  return html`<tr role="row" data-state=${state}>
    <th scope="row" role="rowheader">
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
    <td role="cell" class="text run-named">
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
    ${columns.map(({ metric, unit, best }) => {
      const value = score(scores[metric] ?? Number.NaN);
      const label = metric.replaceAll("_", "_\u200b"); // may go on in the next line there
      return best.has(id)
        ? html`<td role="cell" class="best" data-label=${label} data-unit=${unit}>
            ${value}<span class="visually-hidden">, the best</span>
          </td>`
        : html`<td role="cell" data-label=${label} data-unit=${unit}>${value}</td>`;
    })}
    ${cell("epochs", history.length === epochs ? epochs : `${history.length} of ${epochs}`)}
    ${cell("batch", settings.bs)} ${cell("seed", settings.seed)} ${cell("time", duration(seconds))}
    <td role="cell" class="run-actions">
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
