import { effect } from "@preact/signals-core";
import { render, type TemplateResult } from "lit-html";
import { inFrame, notInFrame } from "./frames.ts";

/** What a panel is: a function from the session's signals to a template. */
export type View = () => TemplateResult;

const ACTIONS = ["click", "input", "change", "blur", "submit", "keydown", "drop"] as const;

/**
 * Draws `view` into `host` now, and again whenever a signal that it read changes: at once where the user is at work, so
 * that whoever handles an event finds it shown; elsewhere in one of the next frames.
 */
export function mount(host: HTMLElement, view: View): () => void {
  let acting = false;
  for (const type of ACTIONS) {
    const begin = () => {
      acting = true;
      setTimeout(() => {
        acting = false;
      });
    };
    host.addEventListener(type, begin, { capture: true });
  }
  let first = true;
  return effect(() => {
    const template = view();
    if (first || acting || host.contains(document.activeElement)) {
      notInFrame(host);
      render(template, host);
    } else inFrame(host, () => render(template, host));
    first = false;
  });
}
