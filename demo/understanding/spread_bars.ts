import { html, nothing, svg, type TemplateResult } from "lit-html";
import { breakable } from "../ui/breakable.ts";

export interface SpreadBar {
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The value, and what it ranges over, in words. */
  readonly text: string;
  readonly spread: string;
  /** What choosing the label does. */
  readonly open?: () => void;
}

export interface SpreadBars {
  readonly id: string;
  readonly caption: string;
  readonly head: { readonly label: string; readonly value: string; readonly spread: string };
  readonly bars: readonly SpreadBar[];
}

/** A table whose rows have a bar each, from zero, with a thin line over the spread. */
export function spreadBars({ id, caption, head, bars }: SpreadBars): TemplateResult {
  const [min, max] = domainOf(bars);
  const at = (value: number) => (100 * (value - min)) / (max - min);
  const percent = (value: number) => `${value.toFixed(2)}%`;
  return html`<div class="table" tabindex="0" role="region" aria-label=${caption}>
    <table class="understanding-bars" id=${id}>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">${head.label}</th>
          <th scope="col"><span class="visually-hidden">bar</span></th>
          <th scope="col">${head.value}</th>
          <th scope="col" class="understanding-spread">${head.spread}</th>
        </tr>
      </thead>
      <tbody>
        ${bars.map(({ label, value, low, high, text, spread, open }) => {
          const from = Math.min(at(0), at(value));
          return html`<tr>
            <th scope="row">
              ${open ? html`<button type="button" class="plain" @click=${open}>${breakable(label)}</button>` : breakable(label)}
            </th>
            <td class="understanding-bar">
              <svg aria-hidden="true" width="100%" height="18">
                <rect x=${percent(from)} y="3" width=${percent(Math.abs(at(value) - at(0)))} height="12" rx="2"></rect>
                ${
                  high > low
                    ? svg`<line x1=${percent(at(low))} x2=${percent(at(high))} y1="9" y2="9"></line>
                        <line x1=${percent(at(low))} x2=${percent(at(low))} y1="5" y2="13"></line>
                        <line x1=${percent(at(high))} x2=${percent(at(high))} y1="5" y2="13"></line>`
                    : nothing
                }
                ${min < 0 ? svg`<line class="zero" x1=${percent(at(0))} x2=${percent(at(0))} y1="0" y2="18"></line>` : nothing}
              </svg>
            </td>
            <td>${text}</td>
            <td class="understanding-spread muted">${spread}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** From zero, or below where a bar or its spread is; never empty. */
export function domainOf(bars: readonly Pick<SpreadBar, "value" | "low" | "high">[]): [number, number] {
  const ends = bars.flatMap(({ value, low, high }) => [value, low, high]).filter(Number.isFinite);
  const [min, max] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  return min < max ? [min, max] : [0, 1];
}
