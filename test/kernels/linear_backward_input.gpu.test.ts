import { describe, it } from "vitest";
import { type LinearBackwardInputSize, linearBackwardInputCase } from "../../src/doctor/checks/linear.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: LinearBackwardInputSize) => checkCase(linearBackwardInputCase(size));

describe("linear_backward_input", () => {
  it("is d_z · weight at awkward sizes", async () => {
    const sizes = [
      [1, 1, 1],
      [2, 3, 4],
      [3, 4, 3],
      [7, 5, 8],
      [8, 8, 7],
      [9, 7, 9],
      [63, 9, 63],
      [64, 64, 64],
      [65, 65, 65],
      [17, 233, 13],
      [31, 13, 233],
      [513, 3, 1],
    ];
    for (const [rows, fanIn, fanOut] of sizes) await check({ rows, fanIn, fanOut });
  });

  it("drops on the embeddings' columns only, the bits of input_forward", async () => {
    for (const dropped of [0, 1, 4, 6, 9]) {
      await check({ rows: 33, fanIn: 9, fanOut: 5, dropout: 0.4, dropped });
    }
    await check({ rows: 9, fanIn: 8, fanOut: 3, dropout: 0.4, dropped: 8 });
  });

  it("leaves rows beyond a partial batch alone", async () => {
    for (const rows of [1, 7, 8, 9, 65]) await check({ rows, capacity: 130, fanIn: 6, fanOut: 5 });
  });
});
