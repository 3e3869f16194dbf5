/** What is wrong further up the page: a training would silently use the last choice that worked. */
import { computed, effect, signal } from "@preact/signals-core";
import { planProblem, wrongShare } from "../data/state.ts";
import { modelFieldId, modelForm } from "../model/form.ts";
import { MODEL_LABELS } from "../model/settings.ts";
import { busy, canTrain, data } from "../session.ts";
import { trainingFieldId, trainingForm } from "./form.ts";
import { TRAINING_LABELS } from "./settings.ts";

interface Hindrance {
  /** Names the section, and what is wrong there. */
  readonly message: string;
  /** Selectors of the field to mend, the first that is there counts. */
  readonly fields: readonly string[];
}

/** The first mistake that is told under Data, Model or Training. */
const hindrance = computed<Hindrance | null>(() => {
  const found = data.value;
  const inData =
    wrongShare.value ?? planProblem.value?.message ?? (found.state === "failed" ? found.message : null);
  if (inData !== null) {
    const fields = [
      "#data [aria-invalid=true]",
      "#data-plan [aria-describedby=data-task-error] input:checked",
      "#data-target",
    ];
    return { message: `Not started: something needs a change under Data. ${inData}`, fields };
  }
  const inModel = modelForm.firstError();
  if (inModel !== null) {
    const { name, error } = inModel;
    return inField(MODEL_LABELS[name], "Model", error, modelFieldId(name));
  }
  const inTraining = trainingForm.firstError();
  if (inTraining === null) return null;
  const { name, error } = inTraining;
  return inField(TRAINING_LABELS[name], "Training", error, trainingFieldId(name));
});

function inField(label: string, section: string, error: string, id: string): Hindrance {
  return { message: `Not started: “${label}” needs a change under ${section}. ${error}`, fields: [`#${id}`] };
}

/** What trains: each takes data, model and training as they are set further up. */
type Button = "training" | "lr_finder" | "inside";
const refused = signal<Button | null>(null);
effect(() => {
  if (hindrance.value === null) refused.value = null;
});

/** Why the button pressed last did nothing, until that is mended. */
export const refusalOf = (button: Button): string | null =>
  refused.value === button ? (hindrance.value?.message ?? null) : null;

/** Whether pressing a button that trains has an answer: a training, or what is wrong with the data. */
export const canAsk = computed(
  () => canTrain.value || (data.value.state === "failed" && busy.value === null),
);

/** Takes what is typed further up. False where something is wrong: that is told, and its field has the focus. */
export function mayBegin(button: Button): boolean {
  modelForm.insist();
  trainingForm.insist();
  const wrong = hindrance.value;
  refused.value = wrong === null ? null : button;
  if (wrong === null) return true;
  const fields = wrong.fields.map((selector) => document.querySelector<HTMLElement>(selector));
  fields.find((field) => field !== null)?.focus();
  return false;
}
