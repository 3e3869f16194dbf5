import { describe, it } from "vitest";
import { type AdamSize, adamStepCase } from "../../src/doctor/checks/adam.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: AdamSize) => checkCase(adamStepCase(size));

describe("adam_step", () => {
  it("steps every parameter once, decaying the front of the arena", async () => {
    for (const [count, decayEnd] of [
      [4, 4],
      [4, 0],
      [64, 32],
      [252, 128],
      [256, 64],
      [260, 256],
      [1024, 0],
      [1028, 1028],
    ]) {
      await check({ count, decayEnd });
      await check({ count, decayEnd, t: 100 });
    }
  });

  it("folds its grid where one dimension cannot hold it", async () => {
    // As for the 16.8 million parameters that need it, but with a few.
    await check({ count: 1500, decayEnd: 128, t: 3, grid: [2, 3, 1] });
  });

  it("takes gradients that are 0, tiny or huge", async () => {
    await check({ count: 64, decayEnd: 32, gradient: () => 0 });
    await check({ count: 64, decayEnd: 32, gradient: () => 0, t: 7 });
    await check({ count: 64, decayEnd: 32, gradient: (_, i) => (i % 2 ? 1e-20 : -1e-30) });
    await check({ count: 64, decayEnd: 32, gradient: (_, i) => (i % 2 ? 1e15 : -1e10) });
    await check({ count: 64, decayEnd: 32, eps: 1e-8, wd: 0 });
  });
});
