import { signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { repeat } from "lit-html/directives/repeat.js";
import { textValue } from "../ui/text_value.ts";
import { change, form, typos, values } from "./state.ts";
import {
  matching,
  outsideDateNote,
  outsideNote,
  sayOf,
  shownCategory,
  shownNumber,
  typedCategory,
  typedNumber,
} from "./typed.ts";
import type { CategoryField, DateField, FormField, NumberField } from "./types.ts";

/** More categories than these are searched by typing. */
const LISTED = 40;
/** Suggestions shown of many. */
const SUGGESTED = 100;

/** What is typed in fields of many categories. */
const searches = signal<Readonly<Record<string, string>>>({});

const setTypo = (name: string, message: string | null) => {
  const { [name]: before, ...rest } = typos.peek();
  if (before === undefined && message === null) return;
  typos.value = message === null ? rest : { ...rest, [name]: message };
};

export function fieldsView(fields: readonly FormField[]): TemplateResult {
  return html`<div class="predictions-fields">
    ${repeat(
      fields,
      ({ name, kind }) => `${kind} ${name}`,
      (field, index) => fieldView(field, `predictions-field-${index}`),
    )}
  </div>`;
}

function fieldView(field: FormField, id: string): TemplateResult {
  switch (field.kind) {
    case "category":
      return field.options.length > LISTED ? searchedView(field, id) : listedView(field, id);
    case "number":
      return numberView(field, id);
    case "date":
      return dateView(field, id);
  }
}

function listedView({ name, options }: CategoryField, id: string): TemplateResult {
  const at = options.indexOf(values.value[name] as (typeof options)[number]);
  const choose = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    change(name, value === "" ? null : options[Number(value)]);
  };
  return html`<div class="field" data-column=${name}>
    <label for=${id}>${name}</label>
    <select id=${id} .value=${live(at < 0 ? "" : String(at))} @change=${choose}>
      ${options.map(
        (option, i) => html`<option value=${i} ?selected=${i === at}>${shownCategory(option)}</option>`,
      )}
      <option value="" ?selected=${at < 0}>(missing)</option>
    </select>
  </div>`;
}

function searchedView(field: CategoryField, id: string): TemplateResult {
  const { name, options } = field;
  const value = values.value[name];
  const typed = searches.value[name] ?? "";
  const text = value === null || value === undefined ? "" : shownCategory(value);
  const unknown = text !== "" && !options.includes(value as (typeof options)[number]);
  const take = (event: Event) => {
    const entered = (event.target as HTMLInputElement).value;
    searches.value = { ...searches.peek(), [name]: entered };
    change(name, typedCategory(field, entered));
  };
  // The whole list is offered again when a known category stands there.
  const shown = matching(options, unknown ? typed : "", SUGGESTED);
  return html`<div class="field" data-column=${name}>
    <label for=${id}>${name}</label>
    <input
      id=${id}
      list="${id}-list"
      autocomplete="off"
      spellcheck="false"
      placeholder="(missing)"
      aria-describedby="${id}-help"
      ${textValue(text, (entered) => typedCategory(field, entered) === value)}
      @input=${take}
      @focus=${(event: Event) => (event.target as HTMLInputElement).select()}
    />
    <datalist id="${id}-list">${shown.map((label) => html`<option value=${label}></option>`)}</datalist>
    <p class="help" id="${id}-help">
      ${
        unknown
          ? "Not among the known categories: read as missing."
          : `Type to search ${options.length.toLocaleString("en")} categories; empty for missing.`
      }
    </p>
  </div>`;
}

function numberView(field: NumberField, id: string): TemplateResult {
  const { name, min, max, step, fill } = field;
  const value = values.value[name];
  const missing = value === null || value === undefined;
  const typo = typos.value[name];
  const number = typeof value === "number" ? value : fill;
  const type = (event: Event) => {
    const entered = typedNumber((event.target as HTMLInputElement).value);
    setTypo(name, entered === undefined ? `Write a number, such as ${shownNumber(fill)}.` : null);
    if (entered !== undefined) change(name, entered);
  };
  const slide = (event: Event) => {
    setTypo(name, null);
    change(name, Number((event.target as HTMLInputElement).value));
  };
  const typical = () => {
    const usual = form.peek();
    return (usual.state === "ready" ? usual.value.typical[name] : null) ?? fill;
  };
  const toggle = (event: Event) => {
    setTypo(name, null);
    change(name, (event.target as HTMLInputElement).checked ? null : typical());
  };
  const say = sayOf(field);
  const note = typo ?? outsideNote(field, value ?? null);
  return html`<div class="field" data-column=${name}>
    <label for=${id}>${name}</label>
    <div class="predictions-number">
      <input
        type="range"
        aria-label="${name}, slider"
        min=${min}
        max=${max}
        step=${step}
        ?disabled=${missing}
        .value=${live(String(Math.min(max, Math.max(min, number))))}
        @input=${slide}
      />
      <input
        id=${id}
        inputmode="decimal"
        autocomplete="off"
        ?disabled=${missing}
        aria-invalid=${typo ? "true" : nothing}
        aria-describedby="${id}-help"
        ${textValue(missing ? "" : shownNumber(number), (entered) => {
          return !missing && (typo !== undefined || typedNumber(entered) === number);
        })}
        @input=${type}
      />
    </div>
    <div class="predictions-below">
      <p class="help ${typo ? "error" : ""}" id="${id}-help">
        ${note ?? (missing ? `Read as ${say(fill)}` : `${say(min)} to ${say(max)}`)}
      </p>
      <label class="check"><input type="checkbox" .checked=${live(missing)} @change=${toggle} /> missing</label>
    </div>
  </div>`;
}

function dateView(field: DateField, id: string): TemplateResult {
  const { name, min, max, time } = field;
  const value = values.value[name];
  const take = (event: Event) => change(name, (event.target as HTMLInputElement).value || null);
  return html`<div class="field" data-column=${name}>
    <label for=${id}>${name}</label>
    <input
      id=${id}
      type=${time ? "datetime-local" : "date"}
      .value=${live(typeof value === "string" ? value : "")}
      aria-describedby="${id}-help"
      @change=${take}
    />
    <p class="help" id="${id}-help">
      ${outsideDateNote(field, value ?? null) ?? `${min && max ? `${min} to ${max}; ` : ""}empty for missing.`}
    </p>
  </div>`;
}
