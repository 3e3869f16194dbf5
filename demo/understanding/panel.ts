import { html } from "lit-html";

export const understandingPanel = () => html`<p>…</p>`;
