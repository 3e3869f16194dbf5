import { html } from "lit-html";

export const modelPanel = () => html`<p>…</p>`;
