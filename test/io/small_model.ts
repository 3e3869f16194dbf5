import type { PreprocessingState } from "../../src/data/preprocessing.ts";
import type { TrainingSummary } from "../../src/io/training_summary.ts";
import type { TabularModelConfig } from "../../src/model/config.ts";
import { initParameters } from "../../src/model/init.ts";
import type { NamedTensors } from "../../src/model/parameters.ts";

/** A model with every kind of tensor, and preprocessing that fits it: small enough to damage at every byte. */
export interface SmallModel {
  config: TabularModelConfig;
  preprocessing: PreprocessingState;
  tensors: NamedTensors;
  training: TrainingSummary | null;
}

export function smallModel(overrides: Partial<TabularModelConfig> = {}): SmallModel {
  const config: TabularModelConfig = {
    layout: "C",
    embeddingSizes: [
      [4, 3],
      [3, 3],
      [3, 3],
    ],
    continuous: 1,
    outputs: 1,
    layers: [5, 4],
    ps: [0.1, 0],
    embDrop: 0.04,
    yRange: [0, 10.5],
    useBn: true,
    bnFinal: false,
    bnCont: true,
    linearBias: "auto",
    bnBiasInit: 0.001,
    ...overrides,
  };
  const preprocessing: PreprocessingState = {
    version: 1,
    recipe: "v2",
    categorical: [
      { name: "Shop", type: "text", levels: ["", "Zürich", "東京"] },
      { name: "Weekday", type: "number", levels: [1, 7] },
      { name: "Distance_na", type: "boolean", levels: [false, true] },
    ],
    continuous: [{ name: "Distance", mean: 12.25, std: 3.1 }],
    fillMissing: { Distance: 11.5 },
    fillStrategy: "median",
    addNaColumns: true,
    dateParts: [],
    target: { task: "regression", names: ["Sales"], log: true },
  };
  const training: TrainingSummary = {
    recipe: "v2",
    epochs: 5,
    metrics: { train_loss: 0.01, valid_loss: 0.02, exp_rmspe: null },
    seed: 42,
    tabgpu: "0.1.0",
    date: "2026-11-22T12:00:00.000Z",
  };
  return { config, preprocessing, tensors: initParameters(config, 7), training };
}
