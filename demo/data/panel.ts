import { html } from "lit-html";
import type { DataSource } from "../session.ts";
import type { DataPlan } from "./types.ts";

/** What an earlier visit left: read `source` instead of the sample, and take `plan` where it fits the table. */
export interface KeptData {
  readonly source: DataSource;
  readonly plan: DataPlan | null;
}

/** Called once by main.ts, when what was kept is known: reads the table (null: the sample), sets the plan, applies it. */
export async function startData(_kept: KeptData | null): Promise<void> {}

export const dataPanel = () => html`<p>…</p>`;
