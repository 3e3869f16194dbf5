import type { Task } from "../data/preprocessing.ts";
import type { TabularModelConfig } from "../model/config.ts";
import type { Runtime } from "../scheduler/runtime.ts";
import { Trainer } from "../train/trainer.ts";
import type { TrainingDiagnosis } from "./diagnosis.ts";
import json from "./training_fixture.json" with { type: "json" };

/** A model, its data and the losses of its first steps, as test/golden/README.md describes them; PyTorch, in float64. */
interface TrainingFixture {
  task: Task;
  config: TabularModelConfig;
  hyper: { eps: number; sqrMom: number; wd: number; decayAll: boolean; lrs: number[]; moms: number[] };
  data: {
    rows: number;
    batchSize: number;
    steps: number;
    codes: number[];
    continuous: number[];
    targets: number[];
  };
  tensors: Record<string, { values: number[] }>;
  losses: number[];
}

/** How far a loss may be from PyTorch's, relative to it. PyTorch's own float32 strays by a hundredth of it. */
const TOLERANCE = 1e-4;

/** Trains the small model of training_fixture.json and compares the loss of every step with PyTorch's. */
export async function checkTraining(runtime: Runtime, signal?: AbortSignal): Promise<TrainingDiagnosis> {
  const start = performance.now();
  const { losses: expected } = json as unknown as TrainingFixture;
  const losses = await lossesOf(runtime, json as unknown as TrainingFixture, signal);
  let worst = 0;
  let failure: string | null = null;
  for (const [step, loss] of expected.entries()) {
    const ratio = Math.abs(losses[step] - loss) / (TOLERANCE * Math.abs(loss));
    if (!(ratio <= 1)) {
      failure ??= `the loss of step ${step + 1} is ${losses[step]}, PyTorch's is ${loss} ± ${TOLERANCE} of it`;
    }
    worst = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : Math.max(worst, ratio);
  }
  return {
    passed: failure === null,
    steps: expected.length,
    errorOverBound: Number.isFinite(worst) ? worst : null,
    ms: performance.now() - start,
    failure,
  };
}

async function lossesOf(
  runtime: Runtime,
  { task, config, hyper, data, tensors }: TrainingFixture,
  signal?: AbortSignal,
): Promise<number[]> {
  const rows = {
    rows: data.rows,
    codes: Uint32Array.from(data.codes),
    continuous: Float32Array.from(data.continuous),
    targets: Float32Array.from(data.targets),
  };
  const weights = new Map(
    Object.entries(tensors).map(([name, { values }]) => [name, Float32Array.from(values)]),
  );
  const order = Uint32Array.from({ length: data.steps * data.batchSize }, (_, i) => i % data.rows);
  const options = {
    task,
    bs: data.batchSize,
    seed: 1,
    adamEps: hyper.eps,
    sqrMom: hyper.sqrMom,
    decayAll: hyper.decayAll,
  };
  const trainer = await Trainer.create(
    runtime,
    config,
    weights,
    rows,
    order.length,
    new Uint32Array(),
    options,
  );
  try {
    trainer.setOrder(order);
    const losses: number[] = [];
    await trainer.train(0, data.steps, (i) => ({ lr: hyper.lrs[i], mom: hyper.moms[i], wd: hyper.wd }), {
      signal,
      onLosses: (values) => void losses.push(...values),
    });
    return losses;
  } finally {
    trainer.dispose();
  }
}
