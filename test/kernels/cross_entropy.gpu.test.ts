import { describe, it } from "vitest";
import * as ops from "../../src/cpu/ops/ops.ts";
import { crossEntropy } from "../../src/kernels/cross_entropy.ts";
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
  classes: number;
  logit?: (random: Random, i: number) => number;
}

async function check(c: Case): Promise<void> {
  const { rows, classes, capacity = rows } = c;
  const random = new Random(17);
  const logits = c.logit
    ? Float32Array.from({ length: rows * classes }, (_, i) => c.logit!(random, i))
    : randomFloats(random, rows * classes, 3);
  const targets = Float32Array.from({ length: 2 * rows + 1 }, () => random.below(classes));
  const { loss, dLogits, taken } = await runLoss(
    crossEntropy,
    { rows, capacity, outputs: classes, targetWidth: 1 },
    logits,
    targets,
  );

  const expected = ops.crossEntropy(f64(logits), taken, rows, classes);
  const terms = Math.ceil(rows / lossThreads(capacity)) + 16;
  const largest = logits.reduce((most, z) => Math.max(most, Math.abs(z)), 0);
  const onLoss = (terms * (Math.log(classes) + 2 * largest) + 2 * classes + 16) * U + 2 ** -21;
  const what = JSON.stringify(c);
  expectClose([loss], [expected.loss], onLoss, `loss ${what}`);
  expectClose(dLogits, expected.dLogits, ((2 * classes + 16) * U) / rows, `d_logits ${what}`);
}

describe("cross_entropy", () => {
  it("is the mean over rows, gathered by row index, at awkward sizes", async () => {
    for (const rows of [1, 7, 63, 64, 65, 256, 511, 1030]) await check({ rows, classes: 3 });
    for (const classes of [2, 4, 5, 8, 9, 63, 233]) await check({ rows: 67, classes });
    await check({ rows: 5, classes: 1 });
  });

  it("is finite where the logits are far apart, or all large", async () => {
    await check({ rows: 67, classes: 4, logit: (random) => (random.below(2) === 0 ? 90 : -90) });
    await check({ rows: 67, classes: 5, logit: (random) => 90 + random.normal() });
    await check({ rows: 67, classes: 5, logit: (random) => -90 + random.normal() });
    await check({ rows: 9, classes: 4, logit: () => 0 });
  });

  it("counts the rows of a partial batch only", async () => {
    for (const rows of [1, 63, 65]) await check({ rows, capacity: 300, classes: 3 });
  });
});
