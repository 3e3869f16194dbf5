import { html } from "lit-html";

/** A name that may go on in the next line where a word in it ends. */
export function breakable(name: string): unknown[] {
  return name
    .split(/(?<=[_.\s-])|(?<=[a-z])(?=[A-Z])/)
    .flatMap((word, i) => (i === 0 ? [word] : [html`<wbr />`, word]));
}
