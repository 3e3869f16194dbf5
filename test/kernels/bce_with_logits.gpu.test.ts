import { describe, it } from "vitest";
import * as ops from "../../src/cpu/ops/ops.ts";
import { bceWithLogits } from "../../src/kernels/bce_with_logits.ts";
import { lossThreads } from "../../src/kernels/loss.ts";
import { Random } from "../../src/random.ts";
import { f64 } from "../support/bounds.ts";
import { expectClose } from "../support/close.ts";
import { U } from "../support/kernel_harness.ts";
import { runLoss } from "../support/loss_run.ts";
import { randomFloats } from "../support/random_arrays.ts";

interface Case {
  rows: number;
  capacity?: number;
  labels: number;
  logit?: (random: Random, i: number) => number;
}

async function check(c: Case): Promise<void> {
  const { rows, labels, capacity = rows } = c;
  const random = new Random(18);
  const logits = c.logit
    ? Float32Array.from({ length: rows * labels }, (_, i) => c.logit!(random, i))
    : randomFloats(random, rows * labels, 3);
  const targets = Float32Array.from({ length: (2 * rows + 1) * labels }, () => random.below(2));
  const { loss, dLogits, taken } = await runLoss(
    bceWithLogits,
    { rows, capacity, outputs: labels, targetWidth: labels },
    logits,
    targets,
  );

  const expected = ops.bceWithLogits(f64(logits), taken);
  const terms = Math.ceil(rows / lossThreads(capacity)) * labels + 16;
  const largest = logits.reduce((most, z) => Math.max(most, Math.abs(z)), 0);
  const what = JSON.stringify(c);
  expectClose([loss], [expected.loss], terms * U * (1 + largest) + 2 ** -21, `loss ${what}`);
  expectClose(dLogits, expected.dLogits, (16 * U) / (rows * labels), `d_logits ${what}`);
}

describe("bce_with_logits", () => {
  it("is the mean over all elements, gathered by row index, at awkward sizes", async () => {
    for (const rows of [1, 7, 63, 64, 65, 256, 511, 1030]) await check({ rows, labels: 1 });
    for (const labels of [3, 4, 5, 8, 9, 63]) await check({ rows: 67, labels });
  });

  it("is finite for logits of ±90 and right at 0", async () => {
    await check({ rows: 67, labels: 3, logit: (random) => (random.below(2) === 0 ? 90 : -90) });
    await check({ rows: 67, labels: 1, logit: (_, i) => 2 * i - 66 });
    await check({ rows: 9, labels: 3, logit: () => 0 });
  });

  it("counts the rows of a partial batch only", async () => {
    for (const rows of [1, 63, 65]) await check({ rows, capacity: 300, labels: 3 });
  });
});
