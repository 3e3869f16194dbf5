import { html } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { Form } from "./form.ts";

export interface FieldWords {
  readonly id: string;
  readonly label: string;
  /** Below the field; a mistake is told in its place. */
  readonly help: string;
  /** Of a phone's keyboard. Default "decimal". */
  readonly inputmode?: "text" | "numeric" | "decimal";
}

/** A text field of a form: label, input, and help or what is wrong, told as soon as the field is left. */
export function textField<S, N extends string>(form: Form<S, N>, name: N, words: FieldWords) {
  const { id, label, help, inputmode = "decimal" } = words;
  const error = form.error(name);
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input
      id=${id}
      name=${name}
      autocomplete="off"
      inputmode=${inputmode}
      aria-describedby="${id}-help"
      aria-invalid=${error === undefined ? "false" : "true"}
      .value=${live(form.text(name))}
      @input=${(event: Event) => form.input(name, (event.target as HTMLInputElement).value)}
      @blur=${() => form.insist()}
    />
    <p id="${id}-help" class="help ${error === undefined ? "" : "error"}">${error ?? help}</p>
  </div>`;
}
