import { effect } from "@preact/signals-core";
import { proxy } from "comlink";
import { adapter, busy, data, model, modelSettings, trainingSettings } from "../session.ts";
import { studio } from "../studio.ts";
import { lastWins } from "../ui/last_wins.ts";
import { latest, messageOf, ready } from "../ui/loadable.ts";
import type { LearnerSettings } from "./learner_for.ts";
import { guardRange } from "./range_guard.ts";
import type { ModelSettings, Prepared } from "./types.ts";

interface Wanted {
  readonly settings: ModelSettings;
  readonly training: LearnerSettings;
}

const preparing = lastWins(
  ({ settings, training }: Wanted) => {
    const onCompile = (done: number, total: number) => {
      if (model.value.state === "loading") wait(`Compiling shaders: ${done} of ${total}`, done / total);
    };
    return studio.prepareModel(settings, training, proxy(onCompile));
  },
  (prepared: Prepared) => {
    model.value = ready(prepared.model);
    adapter.value = ready(prepared.adapter);
  },
  (error) => {
    model.value = { state: "failed", message: messageOf(error), value: latest(model.peek()) };
  },
);

/** Called once: from now on the model follows data and settings. */
export function startModel(): void {
  guardRange();
  let made = "";
  effect(() => {
    const found = data.value;
    const { bs, seed } = trainingSettings.value;
    const wanted: Wanted = { settings: modelSettings.value, training: { bs, seed } };
    if (busy.value !== null) return;
    if (found.state === "loading") {
      made = "";
      preparing.drop();
      wait("Waiting for the data…");
    } else if (found.state === "failed") {
      made = "";
      preparing.drop();
      const message = "The data above needs a change first.";
      model.value = { state: "failed", message, value: latest(model.peek()) };
    } else if (found.state === "ready") {
      const key = JSON.stringify([found.value.version, wanted]);
      if (key === made) return;
      made = key;
      wait("Building the model…");
      preparing.ask(wanted);
    }
  });
}

function wait(note: string, fraction?: number): void {
  model.value = { state: "loading", note, fraction, value: latest(model.peek()) };
}
