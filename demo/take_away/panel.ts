import { html } from "lit-html";

export const takeAwayPanel = () => html`<p>…</p>`;
