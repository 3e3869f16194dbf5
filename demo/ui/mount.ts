import { effect } from "@preact/signals-core";
import { render, type TemplateResult } from "lit-html";

/** What a panel is: a function from the session's signals to a template. */
export type View = () => TemplateResult;

/** Draws `view` into `host` now, and again whenever a signal that it read changes. */
export function mount(host: HTMLElement, view: View): () => void {
  return effect(() => {
    render(view(), host);
  });
}
