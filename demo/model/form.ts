/** The form of the model's settings, and what is wrong with it: the panel shows it, and a training asks it first. */
import { data, modelSettings } from "../session.ts";
import { Form } from "../ui/form.ts";
import { latest } from "../ui/loadable.ts";
import { type ModelField, modelTexts, parseModel } from "./settings.ts";

export const modelForm = new Form(modelSettings, modelTexts, (texts) => {
  const settings = modelSettings.value;
  // Classes have no range of outputs: what was typed there is neither shown nor asked for.
  const { low, high } = modelTexts(settings);
  const ranged = latest(data.value)?.task === "regression";
  return parseModel(ranged ? texts : { ...texts, low, high }, settings);
});

export const modelFieldId = (name: ModelField): string => `model-${name}`;
