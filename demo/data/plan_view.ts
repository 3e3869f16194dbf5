/** What is predicted, and what the model is held against. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { busy, data } from "../session.ts";
import { counted, grouped } from "../ui/format.ts";
import { latest } from "../ui/loadable.ts";
import { changePlan } from "./actions.ts";
import { rolesFor, withTarget } from "./change_plan.ts";
import { shortNumber } from "./describe_words.ts";
import type { PlanField } from "./plan_error.ts";
import { parsePercent, splitValue, validFrom, validOptions } from "./plan_fields.ts";
import { planProblem, typedShare, wrongShare } from "./state.ts";
import type { ColumnInfo, DataInfo, DataPlan, TableInfo } from "./types.ts";

export function planView(info: TableInfo, current: DataPlan): TemplateResult {
  const { columns } = info;
  const target = columns.find(({ name }) => current.roles[name] === "target");
  return html`
    <form class="card" id="data-plan" novalidate @submit=${(event: Event) => event.preventDefault()}>
      <fieldset ?disabled=${busy.value !== null}>
        <legend class="visually-hidden">What to predict</legend>
        <div class="data-fields">
          ${targetField(columns, current, target)} ${taskField(current, target)} ${validField(columns, current)}
        </div>
      </fieldset>
      ${busy.value === null ? nothing : html`<p class="help">These can be changed when the training has ended.</p>`}
      ${generalProblem()} ${outcome()}
    </form>
  `;
}

/** The error of a field, if the plan failed there. */
function problemOf(field: PlanField): string | null {
  const problem = planProblem.value;
  return problem?.field === field ? problem.message : null;
}

function errorLine(id: string, message: string | null): TemplateResult | typeof nothing {
  return message === null ? nothing : html`<p class="help error" id=${id} role="alert">${message}</p>`;
}

function targetField(
  columns: readonly ColumnInfo[],
  current: DataPlan,
  target: ColumnInfo | undefined,
): TemplateResult {
  const problem = problemOf("target");
  const possible = columns.filter((column) => rolesFor(column).includes("target"));
  return html`
    <div class="field">
      <label for="data-target">Predict</label>
      <select
        id="data-target"
        aria-describedby=${problem ? "data-target-error" : nothing}
        aria-invalid=${problem ? "true" : nothing}
        .value=${live(target?.name ?? "")}
        @change=${(event: Event) => changePlan(withTarget(current, columns, (event.target as HTMLSelectElement).value))}
      >
        ${target ? nothing : html`<option value="" selected>Choose a column</option>`}
        ${possible.map(({ name }) => html`<option value=${name} ?selected=${name === target?.name}>${name}</option>`)}
      </select>
      ${errorLine("data-target-error", problem)}
    </div>
  `;
}

function taskField(current: DataPlan, target: ColumnInfo | undefined): TemplateResult {
  const textual = target?.kind === "text";
  const taskProblem = problemOf("task");
  const logProblem = problemOf("log");
  const smallest = target?.histogram?.min;
  const positive = smallest !== undefined && smallest > 0;
  // The log switch stays as it was under classes, which do not look at it: back to a number it is there again.
  const choose = (task: DataPlan["task"]) => changePlan({ ...current, task });
  const radio = (task: DataPlan["task"], words: string, off: boolean) => html`
    <label class="check">
      <input
        type="radio"
        name="data-task"
        id="data-task-${task}"
        value=${task}
        .checked=${live(current.task === task)}
        ?disabled=${off}
        @change=${() => choose(task)}
      />
      ${words}
    </label>
  `;
  return html`
    <fieldset class="field" aria-describedby=${taskProblem ? "data-task-error" : nothing}>
      <legend>As</legend>
      ${radio("regression", "a number", textual)} ${radio("classification", "one of several classes", false)}
      ${errorLine("data-task-error", taskProblem)}
      ${
        current.task === "regression"
          ? html`
              <label class="check data-log">
                <input
                  type="checkbox"
                  id="data-log"
                  aria-invalid=${logProblem ? "true" : nothing}
                  aria-describedby=${logProblem ? "data-log-error" : "data-log-help"}
                  .checked=${live(current.logTarget)}
                  ?disabled=${!positive && !current.logTarget}
                  @change=${(event: Event) =>
                    changePlan({ ...current, logTarget: (event.target as HTMLInputElement).checked })}
                />
                learn its logarithm
              </label>
              <p class="help" id="data-log-help">
                ${
                  positive || smallest === undefined
                    ? "For amounts such as sales and prices: being off by a tenth then counts alike for small and large ones."
                    : `Only numbers above 0 have one; the smallest here is ${shortNumber(smallest)}.`
                }
              </p>
              ${errorLine("data-log-error", logProblem)}
            `
          : nothing
      }
    </fieldset>
  `;
}

function validField(columns: readonly ColumnInfo[], current: DataPlan): TemplateResult {
  const typed = typedShare.value?.plan === current ? typedShare.value.text : null;
  const problem = wrongShare.value ?? problemOf("valid");
  const percent = typed ?? String(Math.round(100 * current.valid.fraction));
  const takeShare = (event: Event) => {
    const { value } = event.target as HTMLInputElement;
    const fraction = parsePercent(value);
    if (fraction === null) {
      typedShare.value = { text: value, plan: current };
      return;
    }
    typedShare.value = null;
    changePlan({ ...current, valid: { ...current.valid, fraction } });
  };
  return html`
    <fieldset class="field">
      <legend>Check it on</legend>
      <div class="data-split">
        <label class="visually-hidden" for="data-valid-share">Percent of the rows</label>
        <input
          id="data-valid-share"
          inputmode="numeric"
          autocomplete="off"
          .value=${live(percent)}
          aria-invalid=${problem ? "true" : nothing}
          aria-describedby=${problem ? "data-valid-error data-valid-help" : "data-valid-help"}
          @input=${takeShare}
        />
        <span>% of the rows,</span>
      </div>
      <label class="visually-hidden" for="data-valid">Which rows</label>
      <select
        id="data-valid"
        .value=${live(splitValue(current.valid))}
        @change=${(event: Event) =>
          changePlan({
            ...current,
            valid: validFrom((event.target as HTMLSelectElement).value, current.valid.fraction),
          })}
      >
        ${validOptions(columns).map(
          ({ value, words }) =>
            html`<option value=${value} ?selected=${value === splitValue(current.valid)}>${words}</option>`,
        )}
      </select>
      <p class="help" id="data-valid-help">
        The model never learns from these rows.
        ${current.valid.kind === "random" ? "For what changes over time, hold out the newest rows instead." : nothing}
      </p>
      ${errorLine("data-valid-error", problem)}
    </fieldset>
  `;
}

/** What is wrong with no single field. */
function generalProblem(): TemplateResult | typeof nothing {
  const problem = planProblem.value;
  if (problem?.field !== "columns") return nothing;
  return html`<p class="notice error" role="alert" id="data-plan-error">${problem.message}</p>`;
}

function outcome(): TemplateResult {
  const state = data.value;
  const made = latest(state);
  const stale = state.state !== "ready";
  const words = made
    ? [
        `${counted(made.trainRows, "row")} to train on, ${counted(made.validRows, "row")} to check it on`,
        inputsWords(made),
        ...(made.classes.length > 0 ? [`${grouped(made.classes.length)} classes`] : []),
      ].join(" · ")
    : "";
  return html`
    <div class="stack data-outcome" role="status">
      ${made ? html`<p id="data-summary" class=${stale ? "muted" : ""}>${words}</p>` : nothing}
      ${state.state === "loading" ? html`<p class="help" id="data-preparing">${state.note}</p>` : nothing}
      ${
        state.state === "failed" && made
          ? html`<p class="help">${whereToMend()} The last choice that worked stays in use until this is mended.</p>`
          : nothing
      }
      ${state.state === "ready" ? state.value.warnings.map((warning) => html`<p class="notice">${warning}</p>`) : nothing}
    </div>
  `;
}

/** The way to a column further down, where the problem is told. */
function whereToMend(): TemplateResult | typeof nothing {
  const problem = planProblem.value;
  if (problem?.field !== "column") return nothing;
  return html`<a href="#data-columns-title">The column “${problem.column}”</a> needs another role.`;
}

/** "13 categorical (1 says where a number was missing) and 7 continuous inputs" */
function inputsWords(made: DataInfo): string {
  const { categorical, continuous } = made;
  const kinds = [
    ...(categorical.length > 0 ? [`${categorical.length} categorical${gapsNoted(made)}`] : []),
    ...(continuous.length > 0 ? [`${continuous.length} continuous`] : []),
  ];
  return `${kinds.join(" and ")} ${categorical.length + continuous.length === 1 ? "input" : "inputs"}`;
}

/** FillMissing adds a category per column of numbers with gaps: it makes the count larger than the table of columns says. */
function gapsNoted({ categorical, continuous }: DataInfo): string {
  const added = continuous.filter((name) => categorical.includes(`${name}_na`)).length;
  if (added === 0) return "";
  return added === 1 ? " (1 says where a number was missing)" : ` (${added} say where a number was missing)`;
}
