import { describe, expect, it } from "vitest";
import { type AdamSize, adamStepCase } from "../../src/doctor/checks/adam.ts";
import { checkCase, variantsOf, wordsAfter } from "../support/kernel_harness.ts";

const check = (size: AdamSize) => checkCase(adamStepCase(size));

/** An embedding of two rows' width, one of single floats, one that ends within a vec4. */
const THREE = [
  [5, 4],
  [3, 1],
  [40, 3],
] as const;

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
      [4096, 1028], // a whole workgroup of the wide variant, and one float4 more
      [4100, 4096],
    ]) {
      await check({ count, decayEnd });
      await check({ count, decayEnd, t: 100 });
    }
  });

  it("folds its grid where one dimension cannot hold it", async () => {
    // As for the 16.8 million parameters that need it, but with a few.
    await check({ count: 1500, decayEnd: 128, t: 3, grid: [2, 3, 1] });
    const sizes = [
      [70, 5],
      [30, 3],
    ] as const; // 3 workgroups of embeddings, 2 of bn_cont, 2 of others
    await check({
      count: 500,
      decayEnd: 300,
      t: 3,
      rows: 9,
      sizes,
      continuous: 70,
      batchNorm: true,
      grid: [3, 3, 1],
    });
  });

  it("takes gradients that are 0, tiny or huge", async () => {
    await check({ count: 64, decayEnd: 32, gradient: () => 0 });
    await check({ count: 64, decayEnd: 32, gradient: () => 0, t: 7 });
    await check({ count: 64, decayEnd: 32, gradient: (_, i) => (i % 2 ? 1e-20 : -1e-30) });
    await check({ count: 64, decayEnd: 32, gradient: (_, i) => (i % 2 ? 1e15 : -1e10) });
    await check({ count: 64, decayEnd: 32, eps: 1e-8, wd: 0 });
  });

  it("adds up the rows of each code of an embedding, others get 0, at awkward sizes", async () => {
    for (const rows of [1, 2, 3, 4, 5, 63, 64, 65, 67, 127, 257]) {
      await check({ count: 8, decayEnd: 128, t: 3, rows, sizes: THREE, continuous: 2 });
    }
    for (const width of [1, 5, 8, 63, 64, 65, 81]) {
      await check({ count: 8, decayEnd: 68, t: 3, rows: 33, sizes: [[7, width]] });
    }
    for (const n of [51, 52, 64]) await check({ count: 0, decayEnd: 64, t: 3, rows: 33, sizes: [[n, 5]] });
    await check({ count: 64, decayEnd: 0, t: 3, rows: 65, sizes: [[1116, 81]] });
    await check({ count: 64, decayEnd: 0, t: 3, rows: 65, sizes: [[100_000, 2]] });
    await check({ count: 64, decayEnd: 192, rows: 65, sizes: THREE }); // the very first step
  });

  it("adds up a whole batch of one code", async () => {
    await check({ count: 8, decayEnd: 64, t: 3, rows: 513, sizes: [[3, 5]], onlyCode: 1 });
  });

  it("adds up bn_cont's gradients over the rows of the batch, at awkward sizes", async () => {
    for (const rows of [2, 3, 63, 64, 65, 67, 127, 257, 511, 1030]) {
      await check({ count: 72, decayEnd: 32, t: 3, rows, sizes: [[9, 7]], continuous: 3, batchNorm: true });
    }
    for (const continuous of [1, 4, 5, 8, 16, 64, 65, 70, 130]) {
      const size = { count: 72, decayEnd: 0, t: 3, rows: 13, continuous, batchNorm: true };
      await check({ ...size, sizes: [[3, 6]] });
      await check({ ...size, decayEnd: 72 + 2 * 64 * Math.ceil(continuous / 64) });
    }
    await check({ count: 0, decayEnd: 64, t: 3, rows: 13, continuous: 5, batchNorm: true });
  });

  it("leaves continuous columns alone that have no bn_cont, and rows beyond a partial batch", async () => {
    const sizes = [
      [7, 3],
      [2, 2],
    ] as const;
    await check({ count: 8, decayEnd: 64, t: 3, rows: 9, sizes, continuous: 5 });
    for (const rows of [2, 64, 65]) {
      for (const batchNorm of [false, true]) {
        await check({ count: 8, decayEnd: 72, t: 3, rows, capacity: 102, sizes, continuous: 2, batchNorm });
      }
    }
    await check({ count: 8, decayEnd: 72, t: 3, rows: 1, capacity: 102, sizes });
  });

  it("ends decay anywhere: within an embedding, between tensors, within bn_cont, at the end", async () => {
    for (const decayEnd of [0, 64, 68, 84, 128, 256, 276, 296, 300, 360, 364, 424, 440]) {
      await check({ count: 40, decayEnd, t: 5, rows: 12, sizes: THREE, continuous: 6, batchNorm: true });
    }
  });

  it("gives the same bits again", async () => {
    const size = {
      count: 5000,
      decayEnd: 900,
      t: 3,
      rows: 300,
      sizes: THREE,
      continuous: 9,
      batchNorm: true,
    };
    for (const variant of await variantsOf(adamStepCase(size))) {
      const once = () => wordsAfter(variant);
      expect(await once()).toEqual(await once());
    }
  });
});
