import { badField } from "./bad_field.ts";

/** How a model came to be, kept in its file for the people who find it later. Nothing computes with it. */
export interface TrainingSummary {
  readonly recipe: "v1" | "v2";
  /** Epochs trained, over all fits. */
  readonly epochs: number;
  /** After the last epoch, by name: "train_loss", "valid_loss" and the metrics; null where there is no number. */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly seed: number;
  /** Version of the TabGPU that trained it. */
  readonly tabgpu: string;
  /** When the training ended, ISO 8601 in UTC. */
  readonly date: string;
}

/**
 * @param value parsed JSON of any kind.
 * @throws {ModelFileError} naming the field that is not what it must be.
 */
export function checkTrainingSummary(value: unknown): TrainingSummary {
  if (typeof value !== "object" || value === null) throw badField("training", "an object");
  const { recipe, epochs, metrics, seed, tabgpu, date } = value as Record<string, unknown>;
  if (recipe !== "v1" && recipe !== "v2") throw badField("training.recipe", '"v1" or "v2"');
  if (typeof epochs !== "number") throw badField("training.epochs", "a number");
  if (typeof metrics !== "object" || metrics === null) throw badField("training.metrics", "an object");
  for (const [name, metric] of Object.entries(metrics)) {
    if (metric !== null && typeof metric !== "number")
      throw badField(`training.metrics.${name}`, "a number or null");
  }
  if (typeof seed !== "number") throw badField("training.seed", "a number");
  if (typeof tabgpu !== "string") throw badField("training.tabgpu", "a text");
  if (typeof date !== "string") throw badField("training.date", "a text");
  return { recipe, epochs, metrics: metrics as TrainingSummary["metrics"], seed, tabgpu, date };
}
