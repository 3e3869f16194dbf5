import { html } from "lit-html";

export const predictionPanel = () => html`<p>…</p>`;
