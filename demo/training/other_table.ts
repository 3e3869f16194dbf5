/** Whether the current model learned from another table than the one on the page. */
import { computed } from "@preact/signals-core";
import { currentModel, table } from "../session.ts";
import { latest } from "../ui/loadable.ts";

/**
 * What is said beside the model's name; empty where there is nothing to say.
 * @param trainedOn null where that is not known, as for a file from elsewhere
 * @param above the table at hand, if there is one
 */
export function otherTableWords(trainedOn: string | null, above: string | undefined): string {
  if (trainedOn === null || above === undefined || trainedOn === above) return "";
  return `trained on ${trainedOn}, not on the table above`;
}

export const otherTable = computed(() =>
  otherTableWords(latest(currentModel.value)?.table ?? null, latest(table.value)?.name),
);
