/** Makes the benchmark's files, the same every time: rows, weights, and the model as TabGPU and ONNX have it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TabularData } from "../../src/index.ts";
import { saveModelFile } from "../../src/io/save_model_file.ts";
import type { TabularModelConfig } from "../../src/model/config.ts";
import { initParameters } from "../../src/model/init.ts";
import {
  elementCount,
  type NamedTensors,
  type ParameterKind,
  parametersOf,
} from "../../src/model/parameters.ts";
import { Random } from "../../src/random.ts";
import { modelConfig } from "../../src/train/model_options.ts";
import { recipes } from "../../src/train/recipe.ts";
import { onnxModel } from "./onnx_model.ts";
import { type Rows, rowsFromBytes } from "./rows.ts";
import { CATEGORICAL, CONTINUOUS } from "./shape.ts";
import { DATA_OPTIONS, MODEL_OPTIONS, tableOf } from "./tabgpu.ts";
import { unpackWeights } from "./weights.ts";

/** Of the weights that training starts from; `tabularLearner`'s default. */
export const SEED = 42;

/** Enough to hold every level of every column. */
const FEW_ROWS = 2048;

/**
 * Writes into `folder`: rows.bin (codes u32, continuous f32, targets f32), few_rows.bin, start.bin (untrained weights), trained.bin
 * (weights as if trained), model.safetensors and model.onnx (the latter weights as TabGPU and onnxruntime load them).
 */
export function makeFiles(folder: string, rowCount: number): void {
  const bytes = rowsFile(rowCount);
  writeFileSync(join(folder, "rows.bin"), new Uint8Array(bytes));
  writeFileSync(join(folder, "few_rows.bin"), new Uint8Array(rowsFile(FEW_ROWS)));
  const data = TabularData.from(tableOf(rowsFromBytes(bytes)), DATA_OPTIONS);
  const config = modelConfig(data, MODEL_OPTIONS, recipes.v2);
  const start = initParameters(config, SEED);
  const trained = asIfTrained(config, start);
  const pack = (tensors: NamedTensors) => {
    const kept = parametersOf(config).filter(({ kind }) => kind !== "num_batches_tracked");
    const all = new Float32Array(kept.reduce((sum, { shape }) => sum + elementCount(shape), 0));
    let at = 0;
    for (const { name, shape } of kept) {
      all.set(tensors.get(name)!, at);
      at += elementCount(shape);
    }
    return all;
  };
  writeFileSync(join(folder, "start.bin"), pack(start));
  const packed = pack(trained);
  writeFileSync(join(folder, "trained.bin"), packed);
  const { preprocessing } = data;
  writeFileSync(
    join(folder, "model.safetensors"),
    saveModelFile({ config, preprocessing, tensors: trained }),
  );
  writeFileSync(join(folder, "model.onnx"), onnxModel(unpackWeights(packed)));
}

/** Synthetic rows of Rossmann's shape. The first rows between them hold every level of every column. */
function rowsFile(count: number): ArrayBuffer {
  const bytes = new ArrayBuffer(count * 4 * (CATEGORICAL.length + CONTINUOUS.length + 1));
  const rows = rowsFromBytes(bytes);
  const random = new Random(1);
  for (let row = 0; row < count; row++) {
    CATEGORICAL.forEach(([, levels], i) => {
      const code = row < levels - 1 ? row : random.below(levels - 1);
      rows.codes[row * CATEGORICAL.length + i] = 1 + code;
    });
  }
  for (let i = 0; i < CONTINUOUS.length; i++) {
    const values = Float64Array.from({ length: count }, () => random.normal());
    standardize(values);
    for (let row = 0; row < count; row++) rows.continuous[row * CONTINUOUS.length + i] = values[row];
  }
  for (let row = 0; row < count; row++) rows.targets[row] = targetOf(rows, row, random);
  return bytes;
}

/** So that TabGPU's Normalize, which has its own mean and deviation, leaves what the peers get. */
function standardize(values: Float64Array): void {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] - mean) / Math.sqrt(variance);
}

/** Something to learn, between 7 and 10. */
function targetOf({ codes, continuous }: Rows, row: number, random: Random): number {
  const store = codes[row * CATEGORICAL.length];
  const day = codes[row * CATEGORICAL.length + 1];
  const promo = continuous[(row + 1) * CONTINUOUS.length - 2];
  return 8.4 + ((store % 17) - 8) / 16 + (day - 4) / 10 + 0.2 * Math.tanh(promo) + 0.1 * random.normal();
}

/** Weights of a size that every part of the model shows in its output: running statistics, scales and embeddings too. */
function asIfTrained(config: TabularModelConfig, start: NamedTensors): NamedTensors {
  const random = new Random(2);
  const draw: Partial<Record<ParameterKind, () => number>> = {
    embedding: () => 0.3 * random.normal(),
    bn_weight: () => 0.5 + random.uniform(),
    bn_bias: () => 0.2 * random.normal(),
    running_mean: () => 0.3 * random.normal(),
    running_var: () => 0.5 + random.uniform(),
  };
  return new Map(
    parametersOf(config).map(({ name, kind }) => {
      const values = start.get(name)!;
      const value = draw[kind];
      return [name, value ? values.map(value) : values] as const;
    }),
  );
}
