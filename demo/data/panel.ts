import { html } from "lit-html";
import { type DataSource, data, table } from "../session.ts";
import { latest } from "../ui/loadable.ts";
import { openFile, openSample } from "./actions.ts";
import type { DataPlan } from "./types.ts";

/** What an earlier visit left: read `source` instead of the sample, and take `plan` where it fits the table. */
export interface KeptData {
  readonly source: DataSource;
  readonly plan: DataPlan | null;
}

/** Called once by main.ts, when what was kept is known: reads the table (null: the sample), sets the plan, applies it. */
export async function startData(kept: KeptData | null): Promise<void> {
  const wanted = kept?.plan ?? undefined;
  if (kept?.source.kind !== "file") return openSample(wanted);
  await openFile(kept.source.file, wanted);
  // A file that was moved or changed since cannot be read; the page still opens on something.
  if (latest(table.value) === undefined) await openSample();
}

export const dataPanel = () => {
  const info = latest(table.value);
  const made = latest(data.value);
  return html`<p>${info?.name} ${info?.rows} ${made?.trainRows} ${made?.categorical.join(", ")}</p>`;
};
