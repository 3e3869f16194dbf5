/** Puts the panels on the page. */
import { dataPanel, startData } from "./data/panel.ts";
import { insidePanel } from "./inside/panel.ts";
import { lrFinderPanel } from "./lr_finder/panel.ts";
import { modelPanel } from "./model/panel.ts";
import { predictionPanel } from "./predictions/panel.ts";
import { takeAwayPanel } from "./take_away/panel.ts";
import { trainingPanel } from "./training/panel.ts";
import { mount, type View } from "./ui/mount.ts";
import { understandingPanel } from "./understanding/panel.ts";

const panels: Readonly<Record<string, View>> = {
  data: dataPanel,
  model: modelPanel,
  "lr-finder": lrFinderPanel,
  training: trainingPanel,
  inside: insidePanel,
  predictions: predictionPanel,
  understanding: understandingPanel,
  "take-away": takeAwayPanel,
};

for (const [id, view] of Object.entries(panels)) {
  const host = document.querySelector<HTMLElement>(`#${id} .panel`);
  if (!host) throw new Error(`index.html has no panel "${id}".`);
  mount(host, view);
}

void startData(null);
