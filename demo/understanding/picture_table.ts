import { html, type TemplateResult } from "lit-html";

/** What a picture shows, as a table to open below it; the first cell of a row names it. */
export interface PictureTable {
  /** "The map as a table". */
  readonly summary: string;
  readonly label: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What is left out; empty for nothing. */
  readonly note?: string;
}

export function pictureTable({ summary, label, head, rows, note = "" }: PictureTable): TemplateResult {
  return html`<details>
    <summary>${summary}</summary>
    <div class="table understanding-list" tabindex="0" role="region" aria-label=${label}>
      <table>
        <thead>
          <tr>
            ${head.map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([name, ...cells]) => html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${note && html`<p class="help">${note}</p>`}
  </details>`;
}
