import { html, nothing, type TemplateResult } from "lit-html";
import { type DataSource, plan, table } from "../session.ts";
import { latest } from "../ui/loadable.ts";
import { openFile, openSample } from "./actions.ts";
import { columnView } from "./column_view.ts";
import { acceptDrops } from "./drop.ts";
import { planView } from "./plan_view.ts";
import { previewView } from "./preview_view.ts";
import { sourceView } from "./source_view.ts";
import type { DataPlan } from "./types.ts";

/** What an earlier visit left: read `source` instead of the sample, and take `plan` where it fits the table. */
export interface KeptData {
  readonly source: DataSource;
  readonly plan: DataPlan | null;
}

/** Called once by main.ts, when what was kept is known: reads the table (null: the sample), sets the plan, applies it. */
export async function startData(kept: KeptData | null): Promise<void> {
  acceptDrops();
  const wanted = kept?.plan ?? undefined;
  if (kept?.source.kind !== "file") return openSample(wanted);
  await openFile(kept.source.file, wanted);
  // A file that was moved or changed since cannot be read; the page still opens on something.
  if (latest(table.value) === undefined) await openSample();
}

export function dataPanel(): TemplateResult {
  const info = latest(table.value);
  const current = plan.value;
  return html`
    ${sourceView()}
    ${info && current ? html`${planView(info, current)} ${previewView(info, current)} ${columnView(info, current)}` : nothing}
  `;
}
