/** The form of the training's settings: the panel shows it; the LR finder and the comparison, which use them too, ask it. */
import { computed } from "@preact/signals-core";
import { data, trainingSettings } from "../session.ts";
import { Form } from "../ui/form.ts";
import { latest } from "../ui/loadable.ts";
import { parseTraining, type TrainingField, trainingTexts } from "./settings.ts";

const trainRows = computed(() => latest(data.value)?.trainRows ?? null);

export const trainingForm = new Form(trainingSettings, trainingTexts, (texts) =>
  parseTraining(texts, trainRows.value),
);

export const trainingFieldId = (name: TrainingField): string => `training-${name}`;
