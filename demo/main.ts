/** Puts the panels on the page, then the table and the model that an earlier visit left. */
import { dataPanel, startData } from "./data/panel.ts";
import { followSections } from "./frame/section_nav.ts";
import { startOver } from "./frame/start_over.ts";
import { statusLine, workerFailure } from "./frame/status_line.ts";
import { themeSwitch } from "./frame/theme_switch.ts";
import { insidePanel } from "./inside/panel.ts";
import { lrFinderPanel } from "./lr_finder/panel.ts";
import { startModel } from "./model/actions.ts";
import { modelPanel } from "./model/panel.ts";
import { workOffline } from "./offline/register.ts";
import { type Kept, recall, rememberChoices, rememberModel } from "./persistence/remember.ts";
import { predictionPanel } from "./predictions/panel.ts";
import { currentModel } from "./session.ts";
import { onWorkerFailure, studio } from "./studio.ts";
import { startTakeAway, takeAwayPanel } from "./take_away/panel.ts";
import { startTraining } from "./training/actions.ts";
import { trainingPanel } from "./training/panel.ts";
import { ready } from "./ui/loadable.ts";
import { mount, type View } from "./ui/mount.ts";
import { understandingPanel } from "./understanding/panel.ts";

const views: Readonly<Record<string, View>> = {
  "#status-line": statusLine,
  "#theme-switch": themeSwitch,
  "#kept": startOver,
  "#data .panel": dataPanel,
  "#model .panel": modelPanel,
  "#lr-finder .panel": lrFinderPanel,
  "#training .panel": trainingPanel,
  "#inside .panel": insidePanel,
  "#predictions .panel": predictionPanel,
  "#understanding .panel": understandingPanel,
  "#take-away .panel": takeAwayPanel,
};

onWorkerFailure((message) => {
  workerFailure.value = message;
});

workOffline();
const kept = await recall();
for (const [selector, view] of Object.entries(views)) {
  const host = document.querySelector<HTMLElement>(selector);
  if (!host) throw new Error(`index.html has no ${selector}.`);
  mount(host, view);
  // Between panels the browser may paint, and hear the user.
  await new Promise((resolve) => setTimeout(resolve));
}
followSections();
startTakeAway();
startTraining();
startModel();
rememberChoices();
await startData(kept.data);
await restoreModel(kept);
rememberModel();

/** The model of the last visit, once the rows that it may know are there. A file that is no longer read is no loss. */
async function restoreModel({ model }: Kept): Promise<void> {
  if (!model || currentModel.value.state !== "empty") return;
  const { bytes, ...label } = model;
  const restored = await studio.restoreModel(bytes, label).catch(() => null);
  if (restored && currentModel.value.state === "empty") currentModel.value = ready(restored);
}
