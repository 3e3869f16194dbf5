import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { busy, type DataSource, plan, table } from "../session.ts";
import { latest } from "../ui/loadable.ts";
import { openFile, openSample } from "./actions.ts";
import { columnView, showAll } from "./column_view.ts";
import { acceptDrops } from "./drop.ts";
import { planView } from "./plan_view.ts";
import { previewView } from "./preview_view.ts";
import { sourceView } from "./source_view.ts";
import { planProblem } from "./state.ts";
import type { DataPlan, TableInfo } from "./types.ts";

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
  await openFile(kept.source.file, wanted, kept.source.missing);
  // A file that was moved or changed since cannot be read; the page still opens on something.
  if (latest(table.value) === undefined) await openSample();
}

export function dataPanel(): TemplateResult {
  const info = latest(table.value);
  const current = plan.value;
  return html`
    ${sourceView()}
    ${info && current ? tableViews(info, current) : nothing}
  `;
}

/** Progress of a file is told many times a second: what it does not change is not looked at again. */
function tableViews(info: TableInfo, current: DataPlan): TemplateResult {
  // Read here: a view that is skipped would no longer be told of changes.
  const shown = [info, current, planProblem.value, busy.value !== null, showAll.value];
  return html`
    ${planView(info, current)} ${guard([info, current], () => previewView(info, current))}
    ${guard(shown, () => columnView(info, current))}
  `;
}
