import { html } from "lit-html";

export const insidePanel = () => html`<p>…</p>`;
