import { describe, it } from "vitest";
import * as ops from "../../src/cpu/ops/ops.ts";
import { lossThreads } from "../../src/kernels/loss.ts";
import { mse } from "../../src/kernels/mse.ts";
import { Random } from "../../src/random.ts";
import { f64 } from "../support/bounds.ts";
import { expectClose } from "../support/close.ts";
import { U } from "../support/kernel_harness.ts";
import { runLoss } from "../support/loss_run.ts";
import { randomFloats } from "../support/random_arrays.ts";

interface Case {
  rows: number;
  capacity?: number;
  outputs: number;
  yRange?: readonly [number, number];
  /** How large the logits are. */
  scale?: number;
}

async function check(c: Case): Promise<void> {
  const { rows, outputs, capacity = rows, yRange = null } = c;
  const random = new Random(16);
  const logits = randomFloats(random, rows * outputs, c.scale ?? 1);
  const targets = randomFloats(random, 2 * rows * outputs, 5);
  const { loss, dLogits, taken } = await runLoss(
    (rec, io) => mse(rec, io, yRange),
    { rows, capacity, outputs, targetWidth: outputs },
    logits,
    targets,
  );

  const expected = ops.mse(f64(logits), taken, yRange);
  const count = rows * outputs;
  const terms = Math.ceil(rows / lossThreads(capacity)) * outputs + 16;
  const span = yRange ? yRange[1] - yRange[0] : 0;
  const outputsExact = ops.yRangeForward(f64(logits), yRange);
  const slope = ops.yRangeBackward(new Float64Array(count).fill(1), f64(logits), yRange);
  const difference = outputsExact.map((value, i) => Math.abs(value - taken[i]));
  const delta = yRange ? (8 * span + Math.abs(yRange[0])) * U : 0;
  const mean = difference.reduce((sum, d) => sum + d, 0) / count;
  const what = JSON.stringify(c);
  expectClose([loss], [expected.loss], terms * U * expected.loss + 2 * mean * delta, `loss ${what}`);
  const onGradient = difference.map(
    (d, i) => (2 / count) * (8 * U * d * slope[i] + delta * slope[i] + 8 * U * d * span),
  );
  expectClose(dLogits, expected.dLogits, onGradient, `d_logits ${what}`);
}

describe("mse", () => {
  it("is the mean over all elements, gathered by row index, at awkward sizes", async () => {
    for (const rows of [1, 7, 63, 64, 65, 256, 511, 1030]) await check({ rows, outputs: 1 });
    for (const outputs of [3, 4, 5, 8]) await check({ rows: 67, outputs });
  });

  it("goes through y_range, also where the sigmoid is flat", async () => {
    await check({ rows: 67, outputs: 1, yRange: [0, 10.8] });
    await check({ rows: 67, outputs: 5, yRange: [-3, 4] });
    await check({ rows: 67, outputs: 1, yRange: [0, 10.8], scale: 90 });
  });

  it("counts the rows of a partial batch only", async () => {
    for (const rows of [1, 63, 65]) await check({ rows, capacity: 300, outputs: 3 });
  });
});
