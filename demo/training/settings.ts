/** The training's settings: as they are typed, and as they suit a table's size. */
import type { Parsed } from "../ui/form.ts";
import { counted } from "../ui/format.ts";
import { parseDecimal, parseWhole, type Typed } from "../ui/parse.ts";
import { DEFAULT_TRAINING_SETTINGS, type TrainingSettings } from "./types.ts";

export type TrainingField = keyof TrainingSettings;

/** As the panel calls them, in its order. */
export const TRAINING_LABELS: Readonly<Record<TrainingField, string>> = {
  epochs: "Epochs",
  bs: "Batch size",
  lr: "Learning rate",
  wd: "Weight decay",
  seed: "Seed",
};

const MAX_BS = 8192;
const MAX_EPOCHS = 500;
const MAX_SEED = 2 ** 31 - 1;

export function trainingTexts(settings: TrainingSettings): Record<TrainingField, string> {
  const { epochs, bs, lr, wd, seed } = settings;
  return { epochs: String(epochs), bs: String(bs), lr: String(lr), wd: String(wd), seed: String(seed) };
}

/** Checks all fields, so that all mistakes are shown at once. @param trainRows null: not known yet */
export function parseTraining(
  texts: Readonly<Record<TrainingField, string>>,
  trainRows: number | null,
): Parsed<TrainingSettings, TrainingField> {
  const errors: Partial<Record<TrainingField, string>> = {};
  const take = (name: TrainingField, typed: Typed<number>): number => {
    if ("value" in typed) return typed.value;
    errors[name] = typed.error;
    return Number.NaN;
  };
  const settings: TrainingSettings = {
    epochs: take("epochs", parseWhole(texts.epochs, 1, MAX_EPOCHS)),
    // BatchNorm needs two rows to tell their mean from either.
    bs: take("bs", parseWhole(texts.bs, 2, MAX_BS)),
    lr: take(
      "lr",
      parseDecimal(texts.lr, (x) => x > 0 && x <= 10, "above 0, at most 10, such as 0.01"),
    ),
    wd: take(
      "wd",
      parseDecimal(texts.wd, (x) => x >= 0 && x <= 10, "from 0 to 10, such as 0.1"),
    ),
    seed: take("seed", parseWhole(texts.seed, 0, MAX_SEED)),
  };
  if (trainRows !== null && settings.bs > trainRows) {
    errors.bs = `There ${trainRows === 1 ? "is" : "are"} only ${counted(trainRows, "row")} to train on. Write that or less.`;
  }
  return Object.keys(errors).length > 0 ? { errors } : { settings };
}

/** Settings that suit tables from so many training rows on; the first one is for the largest. */
const SUGGESTED: readonly { readonly from: number; readonly settings: TrainingSettings }[] = [
  { from: 20_000, settings: DEFAULT_TRAINING_SETTINGS },
  { from: 2000, settings: { ...DEFAULT_TRAINING_SETTINGS, epochs: 10, bs: 128, lr: 0.01, wd: 0.1 } },
  { from: 0, settings: { ...DEFAULT_TRAINING_SETTINGS, epochs: 20, bs: 32, lr: 0.01, wd: 0.1 } },
];

/** Small tables need more passes and smaller batches. */
export function suggestedSettings(trainRows: number): TrainingSettings {
  const { settings } = SUGGESTED.find(({ from }) => trainRows >= from)!;
  return trainRows < settings.bs ? { ...settings, bs: Math.max(2, trainRows) } : settings;
}

/** Whether nobody changed them: only such give way to a suggestion. */
export function isSuggested(settings: TrainingSettings): boolean {
  const { bs: _, ...rest } = settings;
  return SUGGESTED.some(({ settings: { bs, ...others } }) => {
    const same = (Object.keys(others) as (keyof typeof others)[]).every(
      (name) => others[name] === rest[name],
    );
    return same && settings.bs <= bs;
  });
}
