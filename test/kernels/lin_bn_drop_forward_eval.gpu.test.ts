import { describe, expect, it } from "vitest";
import { denseRows } from "../../src/cpu/twins/layout.ts";
import { type ForwardEvalSize, linBnDropForwardEvalCase } from "../../src/doctor/checks/lin_bn_drop.ts";
import { checkCase, floatsAfter } from "../support/kernel_harness.ts";

const check = (size: ForwardEvalSize) => checkCase(linBnDropForwardEvalCase(size));

/** Within its bound, and never outside the range itself. */
async function checkRange(size: ForwardEvalSize & { yRange: readonly [number, number] }): Promise<void> {
  await check(size);
  const { y } = await floatsAfter(linBnDropForwardEvalCase(size));
  const values = denseRows(y, 0, size.rows, size.fanOut);
  const [low, high] = size.yRange;
  for (const value of values) expect(value >= low && value <= high, `${value}`).toBe(true);
}

describe("lin_bn_drop_forward_eval", () => {
  it("is a Linear at awkward sizes, with and without a bias", async () => {
    const sizes = [
      [1, 1, 1],
      [2, 3, 4],
      [3, 4, 5],
      [7, 5, 7],
      [8, 8, 8],
      [9, 7, 9],
      [63, 9, 63],
      [64, 64, 64],
      [65, 65, 65],
      [17, 233, 13],
      [31, 13, 233],
      [513, 3, 1],
    ];
    for (const [i, [rows, fanIn, fanOut]] of sizes.entries()) {
      await check({ rows, fanIn, fanOut, bias: i % 2 === 0 });
    }
  });

  it("cuts a long sum in slices where its workgroups are few", async () => {
    for (const fanIn of [31, 32, 33, 63, 64, 65, 127, 128, 129]) {
      const size = { rows: 9, capacity: 12, fanIn, fanOut: 10, bias: true };
      await check({ ...size, relu: true, batchNorm: true });
      await check({ ...size, yRange: [0, 3], outputRow: 2 });
    }
  });

  it("applies ReLU and running statistics, variance 0 included", async () => {
    for (const fanOut of [1, 8, 9, 65]) {
      await check({ rows: 19, fanIn: 11, fanOut, bias: true, relu: true, batchNorm: true });
      await check({ rows: 8, fanIn: 11, fanOut, relu: true });
      await check({ rows: 8, fanIn: 11, fanOut, batchNorm: true });
    }
  });

  it("squashes into y_range, also far beyond where the sigmoid is flat", async () => {
    for (const fanOut of [1, 3, 4, 5]) {
      await checkRange({ rows: 65, fanIn: 7, fanOut, bias: true, yRange: [0, 10.8] });
      await checkRange({ rows: 65, fanIn: 1, fanOut, bias: true, yRange: [-5, -1], weightScale: 90 });
    }
  });

  it("leaves rows beyond a partial batch alone", async () => {
    for (const rows of [1, 7, 8, 9, 64, 65]) await check({ rows, capacity: 130, fanIn: 5, fanOut: 6 });
  });

  it("writes an evaluation batch from the step's output_row on", async () => {
    await check({ rows: 9, fanIn: 5, fanOut: 3, outputRow: 11 });
    await check({ rows: 9, capacity: 20, fanIn: 5, fanOut: 4, bias: true, outputRow: 1 });
  });
});
