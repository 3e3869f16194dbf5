/** The activations of both models: lines, heat maps, and the numbers at the end. */
import { html, nothing, type TemplateResult } from "lit-html";
import { chart } from "../charts/chart.ts";
import { LineChart, type Lines } from "../charts/line_chart.ts";
import { figure, share } from "./figures.ts";
import { HeatMap, type HeatMapData, HeatScale } from "./heat_map.ts";
import { heatWords } from "./heat_words.ts";
import { lastLook, layerAt, levels, type Metric, type Place, SIDES, sideWords } from "./layers.ts";
import { layerLines } from "./lines.ts";
import { metric, place } from "./state.ts";
import { type Comparison, RANGE, type Side } from "./types.ts";

const METRICS: Readonly<Record<Metric, string>> = {
  std: "Standard deviation",
  mean: "Mean",
  nearZero: "Share near zero",
};

const PLACES: Readonly<Record<Place, string>> = {
  handed: "What a layer hands on",
  relu: "Right after its ReLU",
};

const LINE_NOTES: Readonly<Record<Metric, string>> = {
  std: "Log scale; 1 is what the next layer can count on.",
  mean: "0 is centred. Means beyond 4 leave the picture; the table has them.",
  nearZero: "Activations no further than 0.05 from zero.",
};

export function pictures(shown: Comparison): TemplateResult | typeof nothing {
  if (shown.looks.with.length === 0 && shown.looks.without.length === 0) return nothing;
  return html`
    <div class="inside-choices">
      ${choice("metric", "Lines show", METRICS, metric.value, (value) => {
        metric.value = value;
      })}
      ${choice("place", "Looked at", PLACES, place.value, (value) => {
        place.value = value;
      })}
    </div>
    <div class="grid inside-lines">
      ${SIDES.map((side) => lineFigure(shown, side))}
    </div>
    ${heatMaps(shown)} ${driftTable(shown)}
  `;
}

function choice<T extends string>(
  id: string,
  label: string,
  options: Readonly<Record<T, string>>,
  current: T,
  choose: (value: T) => void,
): TemplateResult {
  return html`<div class="field">
    <label for="inside-${id}">${label}</label>
    <select
      id="inside-${id}"
      @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as T)}
    >
      ${(Object.entries(options) as [T, string][]).map(
        ([value, words]) => html`<option value=${value} .selected=${value === current}>${words}</option>`,
      )}
    </select>
  </div>`;
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
const lowerFirst = (text: string) => text[0].toLowerCase() + text.slice(1);

function lineFigure(shown: Comparison, side: Side): TemplateResult {
  const lines: Lines = layerLines(shown, side, metric.value, place.value);
  return html`<figure class="card chart-card">
    <figcaption>
      <strong>${capital(sideWords(side, shown))}</strong>: ${lowerFirst(METRICS[metric.value])} of each layer.
      ${LINE_NOTES[metric.value]}
    </figcaption>
    <div id="inside-lines-${side}" class="chart" ${chart(LineChart, lines)}></div>
  </figure>`;
}

/** The same data object as long as nothing new was seen: a canvas is not painted again for nothing. */
const painted = new WeakMap<readonly unknown[], Map<string, HeatMapData>>();

function heatData(shown: Comparison, side: Side, depth: number, name: string, at: Place): HeatMapData {
  const looks = shown.looks[side];
  let known = painted.get(looks);
  if (!known) {
    known = new Map();
    painted.set(looks, known);
  }
  const key = `${depth} ${at}`;
  let found = known.get(key);
  if (!found) {
    const layers = looks.flatMap((look) => layerAt(look, depth, at) ?? []);
    const every = looks.length > 1 ? looks[1].step - looks[0].step : shown.settings.steps;
    found = {
      looks: layers,
      columns: Math.ceil(shown.settings.steps / every) + 1,
      summary: heatWords(name, sideWords(side, shown), layers),
    };
    known.set(key, found);
  }
  return found;
}

function heatMaps(shown: Comparison): TemplateResult {
  const [low, high] = RANGE;
  return html`<figure class="card" id="inside-heat">
    <figcaption>
      <strong>Where the activations lie, over time.</strong> Each column is a histogram at one moment, from −${-low} at
      the bottom to ${high} at the top; what lies beyond is in the strips set apart. Time runs from left to right.
    </figcaption>
    <div class="inside-heat">
      <span></span>
      ${SIDES.map((side) => html`<span class="help">${capital(sideWords(side, shown))}</span>`)}
      ${levels(shown).map(
        ({ depth, name }) => html`
          <span class="inside-heat-name">${name}</span>
          ${SIDES.map(
            (side) => html`<div
              class="inside-heat-map"
              id="inside-heat-${side}-${depth}"
              ${chart(HeatMap, heatData(shown, side, depth, name, place.value))}
            ></div>`,
          )}
        `,
      )}
    </div>
    <div class="inside-scale help">
      <span>few</span>
      <div class="inside-scale-bar" ${chart(HeatScale, null)}></div>
      <span>many, on a log scale</span>
    </div>
  </figure>`;
}

function driftTable(shown: Comparison): TemplateResult {
  const rows = levels(shown).map(({ depth, name }) => {
    const at = (side: Side) => {
      const look = lastLook(shown, side);
      return look && layerAt(look, depth, place.value);
    };
    return { name, with: at("with"), without: at("without") };
  });
  const step = lastLook(shown, "with")?.step ?? 0;
  const cells = (layer: (typeof rows)[number]["with"]) => html`
    <td>${figure(layer?.mean ?? Number.NaN)}</td>
    <td>${figure(layer?.std ?? Number.NaN)}</td>
    <td>${share(layer?.nearZero ?? Number.NaN)}</td>
  `;
  return html`<div class="card">
    <div class="table" tabindex="0" role="region" aria-label="Activations down the network">
      <table id="inside-drift">
        <caption>
          Down the network after ${step} steps: ${lowerFirst(PLACES[place.value])}
        </caption>
        <thead>
          <tr>
            <td></td>
            ${SIDES.map((side) => html`<th scope="colgroup" colspan="3">${sideWords(side, shown)}</th>`)}
          </tr>
          <tr>
            <th scope="col">layer</th>
            ${SIDES.map(
              () => html`<th scope="col">mean</th>
                <th scope="col">std</th>
                <th scope="col">near zero</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) => html`<tr>
              <th scope="row">${row.name}</th>
              ${cells(row.with)} ${cells(row.without)}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </div>`;
}
