import type { TabularModelConfig } from "../../src/model/config.ts";
import binary from "./binary.json" with { type: "json" };
import bnFinal from "./bn_final.json" with { type: "json" };
import dropoutMasksA from "./dropout_masks_a.json" with { type: "json" };
import dropoutMasksC from "./dropout_masks_c.json" with { type: "json" };
import layoutARegression from "./layout_a_regression.json" with { type: "json" };
import layoutCRegression from "./layout_c_regression.json" with { type: "json" };
import layoutCYRange from "./layout_c_y_range.json" with { type: "json" };
import multiClass from "./multi_class.json" with { type: "json" };
import multiClassV1 from "./multi_class_v1.json" with { type: "json" };
import multiLabel from "./multi_label.json" with { type: "json" };
import ops from "./ops.json" with { type: "json" };
import severalTargets from "./several_targets.json" with { type: "json" };
import withoutBatchnorm from "./without_batchnorm.json" with { type: "json" };
import withoutBnCont from "./without_bn_cont.json" with { type: "json" };
import withoutCategories from "./without_categories.json" with { type: "json" };
import withoutContinuous from "./without_continuous.json" with { type: "json" };
import withoutHiddenLayers from "./without_hidden_layers.json" with { type: "json" };

/** A tensor as the fixtures write it: row-major values; a scalar has shape []. */
export interface FixtureTensor {
  shape: number[];
  values: number[];
}

export type FixtureTensors = Record<string, FixtureTensor>;

/** A whole model trained by PyTorch in float64; README.md of this folder says what each field is. */
export interface ModelFixture {
  name: string;
  task: "regression" | "classification" | "multilabel";
  config: TabularModelConfig;
  hyper: {
    recipe: "v1" | "v2";
    schedule: "constant" | "one_cycle";
    lr: number;
    wd: number;
    eps: number;
    decayAll: boolean;
    sqrMom: number;
    lrs: number[];
    moms: number[];
  };
  data: {
    rows: number;
    batchSize: number;
    steps: number;
    codes: number[];
    continuous: number[];
    targets: number[];
  };
  tensors: FixtureTensors;
  masks: Record<string, number[]>;
  expected: {
    evalBefore: number[];
    trainLogits: number[];
    gradients: FixtureTensors;
    losses: number[];
    finalTensors: FixtureTensors;
    evalAfter: number[];
  };
  free: string[];
  float32Deviation: Record<
    "evalBefore" | "trainLogits" | "gradients" | "lossesRelative" | "finalTensors" | "evalAfter",
    number
  >;
}

/** The cases that train a hundred steps without dropout. */
export const MODEL_FIXTURES = [
  layoutARegression,
  layoutCRegression,
  layoutCYRange,
  binary,
  multiClass,
  multiClassV1,
  multiLabel,
  withoutBatchnorm,
  bnFinal,
  withoutBnCont,
  withoutCategories,
  withoutContinuous,
  withoutHiddenLayers,
  severalTargets,
] as unknown as ModelFixture[];

/** One training step each with dropout by given masks. */
export const MASK_FIXTURES = [dropoutMasksA, dropoutMasksC] as unknown as ModelFixture[];

/** Single operations: what goes in, and what PyTorch makes of it, by PyTorch's names. */
export const OP_FIXTURES = ops as unknown as Record<
  string,
  { given: FixtureTensors; expected: FixtureTensors }
>;

/** The rows of a training step: (step · batchSize + i) mod rows. */
export function batchRows(fixture: ModelFixture, step: number): Uint32Array {
  const { rows, batchSize } = fixture.data;
  return Uint32Array.from({ length: batchSize }, (_, i) => (step * batchSize + i) % rows);
}

/** Fixture tensors as the library holds them: float32, by PyTorch's names. */
export function toNamedTensors(tensors: FixtureTensors): Map<string, Float32Array> {
  return new Map(Object.entries(tensors).map(([name, { values }]) => [name, Float32Array.from(values)]));
}
