import { describe, it } from "vitest";
import { type BackwardSize, linBnDropBackwardCase } from "../../src/doctor/checks/lin_bn_drop.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: BackwardSize) => checkCase(linBnDropBackwardCase(size));

describe("lin_bn_drop_backward", () => {
  it("goes back through BatchNorm and ReLU at awkward sizes", async () => {
    const sizes = [
      [2, 1, 1],
      [2, 9, 3],
      [3, 3, 4],
      [7, 8, 5],
      [8, 7, 8],
      [9, 4, 9],
      [63, 5, 7],
      [64, 64, 63],
      [65, 63, 65],
      [67, 13, 233],
      [31, 233, 13],
      [511, 8, 3],
      [512, 9, 4],
      [513, 1, 5],
      [1030, 17, 7],
    ];
    for (const [rows, width, fanOut] of sizes) await check({ rows, width, fanOut });
  });

  it("cuts a long sum in slices where its rows are few", async () => {
    for (const fanOut of [31, 32, 33, 63, 64, 65, 127, 128, 129]) await check({ rows: 9, width: 10, fanOut });
    for (const rows of [2, 8, 64, 65, 257]) await check({ rows, capacity: 260, width: 5, fanOut: 130 });
  });

  it("does without BatchNorm, without ReLU, and in a batch of one row", async () => {
    for (const rows of [1, 8, 513]) {
      await check({ rows, width: 9, fanOut: 5, batchNorm: false });
      await check({ rows, width: 6, fanOut: 5, batchNorm: false, relu: false });
    }
    await check({ rows: 33, width: 9, fanOut: 5, relu: false });
  });

  it("takes d_z as it is where the block is the last one", async () => {
    for (const rows of [2, 9, 513]) await check({ rows, width: 5, fanOut: 0, relu: false });
    await check({ rows: 17, capacity: 40, width: 8, fanOut: 0, relu: false });
  });

  it("gives no gradient where the ReLU let nothing through", async () => {
    await check({ rows: 30, width: 9, fanOut: 5, nothingPasses: true });
    await check({ rows: 30, width: 9, fanOut: 5, nothingPasses: true, batchNorm: false });
  });

  it("leaves rows beyond a partial batch alone, and out of the sums", async () => {
    for (const rows of [2, 7, 8, 9, 65]) await check({ rows, capacity: 120, width: 6, fanOut: 5 });
    await check({ rows: 513, capacity: 1030, width: 5, fanOut: 3 });
  });

  it("drops the elements that the forward direction dropped", async () => {
    await check({ rows: 65, width: 9, fanOut: 5, dropout: 0.5 });
    await check({ rows: 65, width: 8, fanOut: 0, dropout: 0.1, relu: false });
    await check({ rows: 65, width: 8, fanOut: 3, dropout: 0.25, batchNorm: false });
  });
});
