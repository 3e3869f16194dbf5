import { describe, expect, it } from "vitest";
import { type InputForwardTrainSize, inputForwardTrainCase } from "../../src/doctor/checks/input.ts";
import { checkCase, variantsOf, wordsAfter } from "../support/kernel_harness.ts";
import { PACKED, THREE } from "./input_sizes.ts";

const check = (size: InputForwardTrainSize) => checkCase(inputForwardTrainCase(size));

describe("input_forward_train", () => {
  it("gathers embeddings and keeps their codes, at awkward sizes", async () => {
    for (const rows of [1, 2, 3, 4, 5, 31, 32, 33, 63, 64, 65, 67, 257]) {
      await check({ rows, sizes: THREE, continuous: 2 });
    }
    for (const dim of [1, 3, 4, 5, 7, 8, 9, 63, 64, 65])
      await check({ rows: 7, sizes: [[3, dim]], continuous: 1 });
  });

  it("normalises with the batch's statistics and moves the running ones, at awkward sizes", async () => {
    for (const rows of [2, 3, 63, 64, 65, 67, 127, 257, 511, 1030]) {
      await check({ rows, sizes: THREE, continuous: 3, batchNorm: true });
    }
    for (const dim of [1, 4, 217]) {
      await check({ rows: 13, sizes: [[9, dim]], continuous: 1, batchNorm: true });
    }
    for (const continuous of [1, 4, 5, 8, 16, 65, 70]) {
      await check({ rows: 13, sizes: THREE, continuous, batchNorm: true });
    }
  });

  it("survives constant columns and columns far from 0", async () => {
    const sizes = THREE;
    await check({ rows: 30, sizes, continuous: 4, batchNorm: true, values: "constant" });
    await check({ rows: 999, sizes, continuous: 2, batchNorm: true, values: "near 1000" });
  });

  it("does without categorical columns, without continuous ones, without bn_cont", async () => {
    for (const batchNorm of [false, true]) {
      await check({ rows: 9, sizes: [], continuous: 5, batchNorm });
      await check({ rows: 9, sizes: [], continuous: 1, batchNorm });
    }
    await check({ rows: 9, sizes: THREE, continuous: 0, dropout: 0.5 });
    await check({ rows: 9, sizes: [[1, 1]], continuous: 0 });
  });

  it("unpacks codes of 8, 16 and 32 bits, from any place of a word", async () => {
    await check({ rows: 130, ...PACKED, continuous: 1 });
  });

  it("drops embeddings only, exactly those its key says", async () => {
    await check({ rows: 65, sizes: THREE, continuous: 3, dropout: 0.5 });
    await check({ rows: 65, sizes: THREE, continuous: 1, dropout: 0.04, batchNorm: true });
    await check({ rows: 257, sizes: [[7, 66]], continuous: 2, dropout: 0.9, batchNorm: true });
  });

  it("leaves rows beyond a partial batch alone, and out of the statistics", async () => {
    for (const rows of [2, 4, 33, 64, 65]) {
      await check({ rows, capacity: 100, sizes: THREE, continuous: 3, batchNorm: true });
      await check({ rows, capacity: 101, sizes: THREE, continuous: 2, dropout: 0.2 });
    }
    await check({ rows: 1, capacity: 20, sizes: THREE, continuous: 2 });
  });

  it("folds its grid where one dimension cannot hold it", async () => {
    await check({ rows: 33, sizes: THREE, continuous: 3, batchNorm: true, grid: [4, 4, 1] });
  });

  it("gives the same bits again", async () => {
    const size = { rows: 600, sizes: THREE, continuous: 5, batchNorm: true, dropout: 0.2 };
    for (const variant of await variantsOf(inputForwardTrainCase(size))) {
      const once = () => wordsAfter(variant);
      expect(await once()).toEqual(await once());
    }
  });
});
