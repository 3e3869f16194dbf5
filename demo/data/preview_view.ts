/** The first rows, as they were read. */
import { html, type TemplateResult } from "lit-html";
import { shortened } from "./describe_words.ts";
import type { DataPlan, TableInfo } from "./types.ts";

/** Columns beyond are not drawn; the table of columns has them. */
const SHOWN = 60;

export function previewView({ columns, preview, rows }: TableInfo, plan: DataPlan): TemplateResult {
  const shown = columns.slice(0, SHOWN);
  const role = (name: string) => `role-${plan.roles[name] ?? "ignored"}`;
  return html`
    <details class="data-preview" open>
      <summary>First ${Math.min(rows, preview.length)} rows</summary>
      <div class="table" tabindex="0" role="region" aria-label="First rows of the table">
        <table>
          <thead>
            <tr>
              ${shown.map(({ name, kind }) => html`<th scope="col" class="${kind === "number" ? "number" : "text"} ${role(name)}">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${preview.map(
              (cells) => html`
                <tr>
                  ${shown.map(({ name, kind }, i) => {
                    const cell = cells[i];
                    const classes = `${kind === "number" ? "number" : "text"} ${role(name)}`;
                    return cell === null
                      ? html`<td class="${classes} gap"><span class="visually-hidden">missing</span></td>`
                      : html`<td class=${classes}>${shortened(cell, 28)}</td>`;
                  })}
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    </details>
  `;
}
