import { expect, it } from "vitest";
import { matrix, resident } from "../../src/gpu/buffer_spec.ts";
import type { Variant } from "../../src/gpu/kernel_source.ts";
import { FoldedNetwork } from "../../src/model/folded_network.ts";
import { ResidentTable } from "../../src/model/resident_table.ts";
import { Recorder } from "../../src/scheduler/recorder.ts";
import { describe as describeRecording } from "../../src/scheduler/recording.ts";
import { recordEvalBatch } from "../../src/train/eval_batch.ts";
import { recordTrainStep } from "../../src/train/train_step.ts";
import { TrainingNetwork } from "../../src/train/training_network.ts";
import { rossmannConfig } from "../support/model_configs.ts";

const config = rossmannConfig();
const network = new TrainingNetwork(config);
const cardinalities = config.embeddingSizes.map(([n]) => n);
const table = new ResidentTable(cardinalities, config.continuous, 1, 844338, 844338);

it.each([
  ["on a GPU", "narrow", "./rossmann_train_step.txt"],
  ["on a software adapter", "wide", "./rossmann_train_step_wide.txt"],
  ["on a GPU that shares loads where it can", "staged", "./rossmann_train_step_staged.txt"],
] as const)(
  "prints a training step of fastai's Rossmann model %s, one dispatch a line",
  async (_, variant, file) => {
    const losses = resident("losses", [8192]);
    const recording = recordTrainStep(network, "regression", table, 64, losses, network.layout.size, {
      variant,
    });
    await expect(`${describeRecording(recording)}\n`).toMatchFileSnapshot(file);
  },
);

it("prints an evaluation batch of it", async () => {
  const output = matrix("predictions", 41395, 1, "resident");
  const recording = recordEvalBatch(network, table, 1024, output);
  await expect(`${describeRecording(recording)}\n`).toMatchFileSnapshot("./rossmann_eval_batch.txt");
});

it("prints a prediction of it, of one row and of many", async () => {
  const folded = new FoldedNetwork(config);
  const record = (rows: number, variant: Variant) => {
    const rec = new Recorder(`predict_${rows}`, { variant });
    folded.forward(rec, folded.table(rows), rows, matrix("predictions", rows, 1, "resident"));
    return describeRecording(rec.finish());
  };
  await expect(`${record(2, "narrow")}\n${record(1024, "wide")}\n`).toMatchFileSnapshot(
    "./rossmann_prediction.txt",
  );
});

it("says so where nothing is recorded", () => {
  expect(describeRecording({ name: "empty", dispatches: [] })).toBe("empty: 0 dispatches, 0 pipelines");
});
