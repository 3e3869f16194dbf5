/** Every column with its role, type, gaps and a small picture. */
import { signal } from "@preact/signals-core";
import { html, nothing, svg, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { repeat } from "lit-html/directives/repeat.js";
import { busy } from "../session.ts";
import { breakable } from "../ui/breakable.ts";
import { counted, grouped } from "../ui/format.ts";
import { changePlan, readAsMissing } from "./actions.ts";
import { rolesFor, withRole } from "./change_plan.ts";
import { histogramWords, kindWord, missingWords, rangeWords } from "./describe_words.ts";
import { HEIGHT, histogramPath, shareOf, WIDTH } from "./histogram.ts";
import { quoted } from "./mostly_numbers.ts";
import { otherDatesReason } from "./other_dates.ts";
import type { PlanProblem } from "./plan_problem.ts";
import { planProblem } from "./state.ts";
import type { ColumnInfo, ColumnRole, DataPlan, TableInfo } from "./types.ts";

/** Columns shown until all are asked for. */
const SHOWN = 16;
/** The table of which all columns are shown. */
export const showAll = signal<TableInfo | null>(null);

const ROLE_WORDS: Readonly<Record<ColumnRole, string>> = {
  target: "Target",
  categorical: "Categorical",
  continuous: "Continuous",
  date: "Date",
  ignored: "Ignored",
};

export function columnView(info: TableInfo, plan: DataPlan): TemplateResult {
  const sorted = targetFirst(info.columns, plan);
  const shown =
    showAll.value === info ? sorted : sorted.filter((column, i) => i < SHOWN || problemOf(column));
  const left = info.columns.length - shown.length;
  const changed = info.columns.some(({ name, guessedRole }) => plan.roles[name] !== guessedRole);
  return html`
    <div class="stack">
      <div class="data-heading">
        <h3 id="data-columns-title">Columns</h3>
        <p class="help">${rolesSummary(info, plan)}</p>
        ${
          changed
            ? html`<button
                type="button"
                class="plain"
                id="data-guess"
                ?disabled=${busy.value !== null}
                @click=${() => changePlan(info.guessedPlan)}
              >
                Back to the guess
              </button>`
            : nothing
        }
      </div>
      <div class="table data-columns" tabindex="0" role="region" aria-labelledby="data-columns-title">
        <table role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th scope="col" role="columnheader">column</th>
              <th scope="col" role="columnheader" class="text">role</th>
              <th scope="col" role="columnheader" class="text">holds</th>
              <th scope="col" role="columnheader">missing</th>
              <th scope="col" role="columnheader">distinct</th>
              <th scope="col" role="columnheader" class="text">values</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${repeat(
              shown,
              ({ name }) => name,
              (column) => columnRow(column, info.columns.indexOf(column), info, plan),
            )}
          </tbody>
        </table>
      </div>
      ${
        left > 0
          ? html`<div>
              <button type="button" class="small" @click=${() => (showAll.value = info)}>
                Show ${counted(left, "more column")}
              </button>
            </div>`
          : nothing
      }
    </div>
  `;
}

/** In the file's order, but what is predicted stands above what it is predicted from. */
function targetFirst(columns: readonly ColumnInfo[], { roles }: DataPlan): readonly ColumnInfo[] {
  const isTarget = ({ name }: ColumnInfo) => roles[name] === "target";
  return [...columns.filter(isTarget), ...columns.filter((column) => !isTarget(column))];
}

function problemOf({ name }: ColumnInfo): PlanProblem | null {
  const problem = planProblem.value;
  return problem?.field === "column" && problem.column === name ? problem : null;
}

function rolesSummary({ columns }: TableInfo, { roles }: DataPlan): string {
  const count = (role: ColumnRole) => columns.filter(({ name }) => roles[name] === role).length;
  const words = (["categorical", "continuous", "date", "ignored"] as const)
    .map((role) => ({ role, n: count(role) }))
    .filter(({ n }) => n > 0)
    .map(({ role, n }) => `${n} ${role}`);
  return words.join(", ");
}

function columnRow(column: ColumnInfo, index: number, info: TableInfo, plan: DataPlan): TemplateResult {
  const { name, missing, distinct, reason, guessedRole } = column;
  const { rows, columns } = info;
  const role = plan.roles[name] ?? "ignored";
  const problem = problemOf(column);
  const note = role === guessedRole && reason !== null ? reason : roleNote(column, role);
  const describedBy = problem ? `data-role-error-${index}` : note ? `data-role-note-${index}` : nothing;
  return html`
    <tr role="row" class="role-${role}">
      <th scope="row" role="rowheader" class="data-column-name">${breakable(name)}</th>
      <td role="cell" class="text data-role">
        <select
          id="data-role-${index}"
          aria-label="Role of ${name}"
          aria-describedby=${describedBy}
          aria-invalid=${problem ? "true" : nothing}
          ?disabled=${busy.value !== null}
          .value=${live(role)}
          @change=${(event: Event) => {
            const menu = event.target as HTMLSelectElement;
            changePlan(withRole(plan, columns, name, menu.value as ColumnRole));
            menu.focus(); // a row that moves up would lose the keyboard
          }}
        >
          ${rolesFor(column).map(
            (possible) =>
              html`<option value=${possible} ?selected=${possible === role}>${ROLE_WORDS[possible]}</option>`,
          )}
        </select>
        ${note && !problem ? html`<p class="help" id="data-role-note-${index}">${note}</p>` : nothing}
        ${
          problem
            ? html`<p class="help error" id="data-role-error-${index}" role="alert">${problem.message}</p>`
            : nothing
        }
        ${info.csv ? missingButton(column) : nothing}
      </td>
      <td role="cell" class="text data-kind">${kindWord(column)}</td>
      <td role="cell" class="data-missing ${missing > 0 ? "" : "muted"}">${missingWords(missing, rows)}</td>
      <td role="cell" class="data-distinct">${grouped(distinct)}</td>
      <td role="cell" class="text data-values">
        ${picture(column, rows)}
        <p class="help">${rangeWords(column, rows)}</p>
      </td>
    </tr>
  `;
}

/** For a column that a few marks keep from being numbers. */
function missingButton({ name, mostlyNumbers }: ColumnInfo): TemplateResult | typeof nothing {
  if (!mostlyNumbers?.whole) return nothing;
  const { others } = mostlyNumbers;
  return html`<button
    type="button"
    class="small"
    aria-label="Read ${quoted(others)} as missing, for ${name}"
    ?disabled=${busy.value !== null}
    @click=${() => void readAsMissing(others)}
  >
    Read ${quoted(others)} as missing
  </button>`;
}

/** What to know of a column in a role that nobody guessed. */
function roleNote(column: ColumnInfo, role: ColumnRole): string | null {
  if (role === "date") return "Becomes year, month, week, day of the week and so on.";
  return role === "ignored" ? null : otherDatesReason(column);
}

function picture(column: ColumnInfo, rows: number): TemplateResult | typeof nothing {
  const { histogram, top } = column;
  if (histogram) {
    return html`<svg
      class="data-histogram"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label=${histogramWords(column, rows)}
    >
      <path d=${histogramPath(histogram.counts)}></path>
    </svg>`;
  }
  if (top.length === 0) return nothing;
  const pieces = shareOf(column, rows);
  return html`<svg
    class="data-shares"
    viewBox="0 0 ${WIDTH} 10"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${pieces.map(
      ({ x, width, label }, i) =>
        svg`<rect class=${label === null ? "rest" : `piece-${i % 2}`} x=${x} y="0" width=${width} height="10"></rect>`,
    )}
  </svg>`;
}
