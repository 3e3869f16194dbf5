import { html } from "lit-html";

export const lrFinderPanel = () => html`<p>…</p>`;
