import { randomCodes, randomFloats } from "../../src/doctor/random_arrays.ts";
import type { TabularModelConfig } from "../../src/model/config.ts";
import { initParameters } from "../../src/model/init.ts";
import type { TableRows } from "../../src/model/resident_table.ts";
import { Random } from "../../src/random.ts";
import type { Runtime } from "../../src/scheduler/runtime.ts";
import { Trainer, type TrainerOptions } from "../../src/train/trainer.ts";

/** Rows a model of this shape can train on: seeded noise, targets that depend on it, codes that repeat within a batch. */
export function randomRows(config: TabularModelConfig, rows: number, seed = 1): TableRows {
  const random = new Random(seed);
  const codes = randomCodes(random, config.embeddingSizes, rows);
  const continuous = randomFloats(random, rows * config.continuous);
  const targets = Float32Array.from({ length: rows * config.outputs }, (_, i) => {
    const row = Math.floor(i / config.outputs);
    const code = codes[row * config.embeddingSizes.length] ?? 0;
    const value = continuous[row * config.continuous] ?? 0;
    return 1 + 0.5 * value + (code % 3) + 0.1 * random.normal();
  });
  return { rows, codes, continuous, targets };
}

/** A trainer on those rows, all of them for training, weights from the same seed as dropout. */
export async function openTrainer(
  runtime: Runtime,
  config: TabularModelConfig,
  rows: TableRows,
  options: Partial<TrainerOptions> & { bs: number },
): Promise<Trainer> {
  const seed = options.seed ?? 1;
  const trainer = await Trainer.create(
    runtime,
    config,
    initParameters(config, seed),
    rows,
    rows.rows,
    new Uint32Array(),
    { task: "regression", seed, adamEps: 1e-5, sqrMom: 0.99, decayAll: false, ...options },
  );
  trainer.setOrder(Uint32Array.from({ length: rows.rows }, (_, i) => i));
  return trainer;
}
