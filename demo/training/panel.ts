import { html } from "lit-html";

export const trainingPanel = () => html`<p>…</p>`;
