/** What the data panel, and whatever restores the last visit, can do: open a table, change the plan. */
import { batch, effect } from "@preact/signals-core";
import { proxy } from "comlink";
import { busy, type DataSource, data, dataSource, plan, table } from "../session.ts";
import { studio } from "../studio.ts";
import { type Loadable, latest, messageOf, ready } from "../ui/loadable.ts";
import { fittingPlan, planReread } from "./change_plan.ts";
import { inPageWords } from "./page_words.ts";
import { type PlanProblem, planField } from "./plan_problem.ts";
import { progressNote } from "./progress_note.ts";
import { planProblem } from "./state.ts";
import type { DataInfo, DataPlan, LoadProgress, TableInfo } from "./types.ts";

/** Changes that follow each other within this many milliseconds are applied together. */
const SETTLE = 250;
const PREPARING = "Making the rows ready…";

/** The plan that a table begins with. */
type PlanOf = (info: TableInfo) => DataPlan;

/** Grows with each table asked for: an answer to an older request is not shown. */
let request = 0;

/** @param wanted a plan to use if it fits the table, such as the last visit's; default: the guessed one */
export async function openSample(wanted?: DataPlan): Promise<void> {
  await open(
    "Making the sample…",
    () => studio.loadSample(),
    { kind: "sample" },
    (info) => fittingPlan(info, wanted),
  );
}

/** @param missing cells of a CSV that mean "unknown", besides the usual ones */
export async function openFile(
  file: File,
  wanted?: DataPlan,
  missing: readonly string[] = [],
): Promise<void> {
  await read(file, missing, (info) => fittingPlan(info, wanted));
}

async function read(file: File, missing: readonly string[], planOf: PlanOf): Promise<void> {
  const mine = request + 1;
  const onProgress = (progress: LoadProgress) => {
    if (request !== mine || table.value.state !== "loading") return;
    table.value = { ...table.value, ...progressNote(file.name, progress) };
  };
  await open(
    `Reading ${file.name}…`,
    () => studio.loadFile(file, missing, proxy(onProgress)),
    missing.length > 0 ? { kind: "file", file, missing } : { kind: "file", file },
    planOf,
  );
}

/** Reads the file again, these cells as missing: what was text is numbers now. The rest of the plan stays. */
export async function readAsMissing(cells: readonly string[]): Promise<void> {
  const source = dataSource.peek();
  if (source?.kind !== "file") return;
  const { file, missing = [] } = source;
  const before = latest(table.peek());
  const current = plan.peek();
  await read(file, [...new Set([...missing, ...cells])], (info) =>
    before && current ? planReread(info, current, before.columns) : info.guessedPlan,
  );
}

/** Ends the reading under way; what was there comes back. */
export function cancelLoading(): void {
  request++;
  void studio.cancelLoad();
  const before = latest(table.value);
  table.value = before ? ready(before) : { state: "failed", message: "Reading was cancelled." };
}

async function open(
  note: string,
  load: () => Promise<TableInfo>,
  source: DataSource,
  planOf: PlanOf,
): Promise<void> {
  const mine = ++request;
  table.value = { state: "loading", note, value: latest(table.value) };
  try {
    const info = await load();
    if (mine !== request) return;
    const fitting = planOf(info);
    batch(() => {
      dataSource.value = source;
      table.value = ready(info);
      plan.value = fitting;
      planProblem.value = null;
      // What was made of the table before is gone.
      data.value = { state: "loading", note: PREPARING };
    });
    await apply(fitting);
  } catch (error) {
    if (mine !== request) return;
    const message = inPageWords(messageOf(error), "plan");
    table.value = { state: "failed", message, value: latest(table.value) };
  }
}

/** Grows with each plan to apply: an answer to an older one is not shown. */
let applied = 0;
let settling: ReturnType<typeof setTimeout> | undefined;

/** Shows a changed plan at once and applies it when no other change follows. */
export function changePlan(changed: DataPlan): void {
  applied++; // an answer to the plan before is not shown any more
  batch(() => {
    plan.value = changed;
    data.value = { state: "loading", note: PREPARING, value: latest(data.value) };
  });
  clearTimeout(settling);
  settling = setTimeout(() => void apply(changed), SETTLE);
}

async function apply(wanted: DataPlan): Promise<void> {
  clearTimeout(settling);
  const mine = ++applied;
  plan.value = wanted;
  await idle();
  if (mine !== applied) return;
  data.value = { state: "loading", note: PREPARING, value: latest(data.value) };
  try {
    const info = await studio.applyPlan(wanted);
    if (mine !== applied) return;
    settle(ready(info), null);
  } catch (error) {
    if (mine !== applied) return;
    const problem = planField(error, wanted);
    settle({ state: "failed", message: problem.message, value: latest(data.value) }, problem);
  }
}

function settle(state: Loadable<DataInfo>, problem: PlanProblem | null): void {
  batch(() => {
    planProblem.value = problem;
    data.value = state;
  });
}

/** Data must not change under a training. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    let stop: (() => void) | undefined;
    let done = false;
    stop = effect(() => {
      if (done || busy.value !== null) return;
      done = true;
      stop?.();
      resolve();
    });
    if (done) stop();
  });
}
