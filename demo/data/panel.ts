import { html } from "lit-html";

export const dataPanel = () => html`<p>…</p>`;
