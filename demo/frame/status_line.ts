import { signal } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { trouble } from "../persistence/store.ts";
import { adapter } from "../session.ts";

/** Why the worker is not there, if it is not. */
export const workerFailure = signal<string | null>(null);

const SOFTWARE =
  "This adapter is software: no graphics card is used, so training takes a minute or two instead of seconds. " +
  "On a desktop browser, switch on hardware acceleration to use yours.";
const NO_GPU =
  "This browser offers no WebGPU here, so training runs on the processor: right, but slow. Small tables work; for " +
  "large ones use a recent Chrome, Edge, Firefox or Safari on a computer with a graphics card.";

/** Below the title: what computes, and what to know about it. */
export const statusLine = () => html`
  <p id="adapter" role="status">${adapterWords()}</p>
  ${slowNotice()} ${failureNotice()}
  ${
    trouble.value === null
      ? nothing
      : html`<p id="storage-trouble" class="notice" role="status">${trouble.value}</p>`
  }
`;

function adapterWords() {
  const { value: found } = adapter;
  if (workerFailure.value !== null) return "Runs on: nothing yet.";
  switch (found.state) {
    case "ready":
      return html`Runs on <strong>${found.value.line}</strong>`;
    case "failed":
      return "Runs on: no adapter.";
    default:
      return "Looking for a graphics card…";
  }
}

function slowNotice() {
  const { value: found } = adapter;
  if (found.state !== "ready" || !found.value.software) return nothing;
  return html`<p id="software" class="notice">${found.value.backend === "cpu" ? NO_GPU : SOFTWARE}</p>`;
}

function failureNotice() {
  const { value: found } = adapter;
  const message = workerFailure.value ?? (found.state === "failed" ? found.message : null);
  if (message === null) return nothing;
  return html`<p id="failure" class="notice error" role="alert">${message}</p>`;
}
