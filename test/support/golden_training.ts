import { expect } from "vitest";
import type { Runtime } from "../../src/scheduler/runtime.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { type ModelFixture, toNamedTensors } from "../golden/fixtures.ts";
import { expectClose } from "./close.ts";

/** The fixture's batches as an epoch's row order: step after step, all the steps of the fixture. */
function orderOf({ data }: ModelFixture): Uint32Array {
  return Uint32Array.from({ length: data.steps * data.batchSize }, (_, i) => i % data.rows);
}

const relative = (bound: number) => (expected: number) => bound * Math.max(1, Math.abs(expected));

/**
 * Trains a fixture's model on a runtime and asserts that it follows PyTorch, which trained it in float64: the forward
 * pass, gradients, a hundred steps' losses, and what they end with.
 */
export async function expectTrainsAsPyTorch(runtime: Runtime, fixture: ModelFixture): Promise<void> {
  const { config, data, hyper, expected, task } = fixture;
  const rows = {
    rows: data.rows,
    codes: Uint32Array.from(data.codes),
    continuous: Float32Array.from(data.continuous),
    targets: Float32Array.from(data.targets),
  };
  const order = orderOf(fixture);
  const valid = Uint32Array.from({ length: data.rows }, (_, i) => i);
  const trainer = await Trainer.create(
    runtime,
    config,
    toNamedTensors(fixture.tensors),
    rows,
    order.length,
    valid,
    {
      task,
      bs: data.batchSize,
      seed: 1,
      adamEps: hyper.eps,
      sqrMom: hyper.sqrMom,
      decayAll: hyper.decayAll,
    },
  );
  trainer.setOrder(order);
  expectClose(await trainer.evaluate(), expected.evalBefore, relative(1e-4), "forward before training");

  const losses: number[] = [];
  const onLosses = (values: Float32Array) => void losses.push(...values);
  const hypers = (i: number) => ({ lr: hyper.lrs[i], mom: hyper.moms[i], wd: hyper.wd });
  await trainer.train(0, 1, hypers, { onLosses });
  const gradients = await trainer.gradients();
  for (const [name, { values }] of Object.entries(expected.gradients)) {
    // A gradient that is exactly 0 cancels only up to rounding: there the scale is that of the terms, about 1.
    const scale = fixture.free.includes(name) ? 1 : Math.max(...values.map(Math.abs));
    expectClose(gradients.get(name)!, values, 2e-5 * scale, `gradient of ${name}`);
  }
  await trainer.train(1, data.steps - 1, (i) => hypers(i + 1), { onLosses });
  expect(losses.length).toBe(data.steps);
  expectClose(losses, expected.losses, (e) => 1e-4 * Math.abs(e), "losses");
  expectClose(await trainer.evaluate(), expected.evalAfter, relative(1e-3), "forward after training");
  trainer.dispose();
}
