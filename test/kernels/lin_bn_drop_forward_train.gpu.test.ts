import { describe, expect, it } from "vitest";
import { type ForwardTrainSize, linBnDropForwardTrainCase } from "../../src/doctor/checks/lin_bn_drop.ts";
import { checkCase, wordsAfter } from "../support/kernel_harness.ts";

const check = (size: ForwardTrainSize) => checkCase(linBnDropForwardTrainCase(size));

describe("lin_bn_drop_forward_train", () => {
  it("normalises with the batch's statistics and moves the running ones, at awkward sizes", async () => {
    const sizes = [
      [2, 1, 1],
      [2, 3, 9],
      [3, 4, 3],
      [7, 5, 8],
      [8, 8, 7],
      [9, 9, 4],
      [63, 7, 5],
      [64, 63, 64],
      [65, 65, 63],
      [67, 233, 13],
      [31, 13, 233],
      [511, 3, 8],
      [512, 4, 9],
      [513, 5, 1],
      [1030, 7, 17],
    ];
    for (const [i, [rows, fanIn, fanOut]] of sizes.entries()) {
      await check({ rows, fanIn, fanOut, bias: i % 2 === 0 });
    }
  });

  it("cuts a long sum in slices where its rows are few", async () => {
    for (const fanIn of [31, 32, 33, 63, 64, 65, 127, 128, 129]) {
      await check({ rows: 9, fanIn, fanOut: 10, bias: true });
    }
    for (const rows of [2, 8, 64, 65, 257]) await check({ rows, capacity: 260, fanIn: 130, fanOut: 5 });
  });

  it("does without BatchNorm, without ReLU, and in a batch of one row", async () => {
    for (const rows of [1, 8, 513]) {
      await check({ rows, fanIn: 5, fanOut: 9, bias: true, batchNorm: false });
      await check({ rows, fanIn: 5, fanOut: 9, relu: false, batchNorm: false });
    }
    await check({ rows: 33, fanIn: 5, fanOut: 9, bias: true, relu: false });
  });

  it("survives columns that are constant: all below 0, and all alike", async () => {
    await check({ rows: 30, fanIn: 5, fanOut: 9, bias: true, shift: -100 });
    await check({ rows: 30, fanIn: 5, fanOut: 9, bias: true, weightScale: 0 });
    await check({ rows: 513, fanIn: 5, fanOut: 9, bias: true, weightScale: 0, shift: 1000, relu: false });
  });

  it("computes the variance without cancellation where the mean is far from 0", async () => {
    await check({ rows: 1030, fanIn: 5, fanOut: 9, bias: true, shift: 300, relu: false });
  });

  it("leaves rows beyond a partial batch alone, and out of the statistics", async () => {
    for (const rows of [2, 7, 8, 9, 65]) await check({ rows, capacity: 120, fanIn: 5, fanOut: 6 });
    await check({ rows: 513, capacity: 1030, fanIn: 3, fanOut: 5, bias: true });
  });

  it("drops exactly the elements its key says", async () => {
    await check({ rows: 65, fanIn: 5, fanOut: 9, bias: true, dropout: 0.5 });
    await check({ rows: 65, fanIn: 5, fanOut: 8, bias: true, dropout: 0.1, batchNorm: false });
  });

  it("gives the same bits again", async () => {
    const size = { rows: 600, fanIn: 20, fanOut: 11, dropout: 0.2 };
    const once = () => wordsAfter(linBnDropForwardTrainCase(size));
    expect(await once()).toEqual(await once());
  });
});
