import { transfer } from "comlink";
import { loadModel } from "tabgpu";
import type { CurrentModelInfo } from "../training/types.ts";
import { currentModel } from "../worker/known_rows.ts";
import { type ModelLabel, placeModel } from "../worker/place_model.ts";
import type { CurrentModel, Workbench } from "../worker/workbench.ts";
import { exampleRow } from "./example_row.ts";
import type { TakeAwayInfo } from "./types.ts";

export function takeAwayJobs(bench: Workbench) {
  return {
    /** Makes the model of a file the current one. What was there stays if the file cannot be read. */
    async openModelFile(file: File): Promise<CurrentModelInfo> {
      const name = file.name.replace(/\.safetensors$/i, "");
      return openBytes(bench, new Uint8Array(await file.arrayBuffer()), {
        name,
        origin: "file",
        table: null,
        metrics: {},
      });
    },

    /** Makes a model that was kept from an earlier visit the current one. */
    restoreModel(
      bytes: Uint8Array<ArrayBuffer>,
      label: Omit<ModelLabel, "origin">,
    ): Promise<CurrentModelInfo> {
      return openBytes(bench, bytes, { ...label, origin: "restored" });
    },

    /** The current model's file, copied. */
    async modelFile(): Promise<Uint8Array<ArrayBuffer>> {
      const bytes = currentModel(bench).bytes.slice();
      return transfer(bytes, [bytes.buffer]);
    },

    async takeAwayInfo(): Promise<TakeAwayInfo> {
      const { model, trainedOn } = currentModel(bench);
      const { preprocessing, training } = model;
      const rows = trainedOn && {
        table: trainedOn.table,
        row: trainedOn.data.validRows[0] ?? trainedOn.data.trainRows[0],
      };
      const { inputs, example } = exampleRow(preprocessing, rows);
      const [prediction] = await model.predict([example], { lenient: true });
      return { inputs, example, prediction, training };
    },
  };
}

async function openBytes(
  bench: Workbench,
  bytes: Uint8Array<ArrayBuffer>,
  label: ModelLabel,
): Promise<CurrentModelInfo> {
  const model = await loadModel(bytes);
  const metrics = Object.keys(label.metrics).length > 0 ? label.metrics : numbersOf(model.training?.metrics);
  const trainedOn = rowsFor(bench, model.preprocessing);
  const table = trainedOn && bench.table ? bench.table.name : label.table;
  return placeModel(bench, { model, bytes, trainedOn }, { ...label, table, metrics });
}

/** The rows at hand, if the model was trained on them: if they were prepared as it prepares rows. */
function rowsFor(bench: Workbench, preprocessing: unknown): CurrentModel["trainedOn"] {
  const { prepared } = bench;
  if (!prepared || JSON.stringify(prepared.data.preprocessing) !== JSON.stringify(preprocessing)) return null;
  return prepared;
}

function numbersOf(metrics: Readonly<Record<string, number | null>> = {}): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).filter((entry): entry is [string, number] => entry[1] !== null),
  );
}
