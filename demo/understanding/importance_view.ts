import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { rowsWord } from "../predictions/evaluation_view.ts";
import { counted, grouped, significant } from "../ui/format.ts";
import { latest } from "../ui/loadable.ts";
import { evenNumbers } from "./even_numbers.ts";
import { spreadBars } from "./spread_bars.ts";
import {
  chooseDependence,
  dependenceOutput,
  importance,
  measure,
  measureImportance,
  stopImportance,
} from "./state.ts";
import type { Importance, Understandable } from "./types.ts";

/** How much each column matters to the model. */
export function importanceView({ measures, rows }: Understandable): TemplateResult {
  const state = importance.value;
  const known = latest(state);
  const running = state.state === "loading";
  return html`<div class="card" id="understanding-importance">
    <div class="stack understanding-tight">
      <h3>Which columns matter</h3>
      <p class="help">
        Shuffle one column, so that it tells nothing any more, and see how much worse the predictions get. A column that
        the model does not use changes nothing.
      </p>
    </div>
    ${
      typeof rows === "string"
        ? html`<div class="empty"><p>${rows} <a href="#data">To the data</a></p></div>`
        : html`<div class="understanding-choices">
            <div class="field">
              <label for="understanding-measure">Measured by</label>
              <select
                id="understanding-measure"
                ?disabled=${running}
                .value=${live(measure.value)}
                @change=${(event: Event) => {
                  measure.value = (event.target as HTMLSelectElement).value;
                }}
              >
                ${measures.map(
                  (name, i) => html`<option value=${name} ?selected=${name === measure.value}>
                    ${name}${i === 0 ? " (the loss)" : ""}
                  </option>`,
                )}
              </select>
            </div>
            <button
              type="button"
              class=${known ? "" : "primary"}
              id="understanding-measure-start"
              ?disabled=${running}
              @click=${measureImportance}
            >
              ${known ? "Measure again" : "Measure the importance"}
            </button>
          </div>`
    }
    ${
      running
        ? html`<div class="understanding-progress">
            <progress max="1" value=${state.fraction ?? nothing} aria-label=${state.note}></progress>
            <button type="button" class="small" id="understanding-importance-stop" @click=${stopImportance}>Stop</button>
          </div>`
        : nothing
    }
    ${state.state === "failed" ? html`<p class="notice error" role="alert">${state.message}</p>` : nothing}
    ${known ? barsView(known) : nothing}
  </div>`;
}

function barsView(known: Importance): TemplateResult {
  const { columns, measure: by, better, baseline, rows, of, kind, repeats } = known;
  const sample = rows < of ? `${grouped(rows)} of ${grouped(of)}` : grouped(rows);
  const signed = evenNumbers(
    columns.flatMap(({ least, greatest }) => [least, greatest]),
    3,
    true,
  );
  const change = better === "lower" ? "rise" : "fall";
  return html`
    ${spreadBars({
      id: "understanding-importances",
      caption: `${change === "rise" ? "Rise" : "Fall"} of ${by}, which is ${significant(baseline, 3)} as the rows are, when a column is shuffled`,
      head: { label: "column", value: change, spread: "least to greatest" },
      bars: columns.map(({ column, mean, least, greatest }) => ({
        label: column,
        open: () => openDependence(column),
        value: mean,
        low: least,
        high: greatest,
        text: signed(mean),
        spread: `${signed(least)} to ${signed(greatest)}`,
      })),
    })}
    <p class="help">
      Choose a column to see below how it moves the prediction. Mean of ${counted(repeats, "shuffle")} over ${sample} ${rowsWord(kind)}; the thin line spans them. Columns that say
      the same share their importance: each can stand in for the other.
    </p>
  `;
}

function openDependence(column: string): void {
  void chooseDependence(column, dependenceOutput.peek());
  const choice = document.querySelector<HTMLElement>("#understanding-dependence-column");
  choice?.focus({ preventScroll: true });
  document.querySelector("#understanding-dependence")?.scrollIntoView({ block: "nearest" });
}
