import { describe, it } from "vitest";
import { type LinearBackwardWeightSize, linearBackwardWeightCase } from "../../src/doctor/checks/linear.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: LinearBackwardWeightSize) => checkCase(linearBackwardWeightCase(size));

describe("linear_backward_weight", () => {
  it("is d_zᵀ · x, with the bias's column sums, at awkward sizes", async () => {
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
    for (const [i, [rows, fanIn, fanOut]] of sizes.entries()) {
      await check({ rows, fanIn, fanOut, bias: i % 2 === 0 });
    }
  });

  it("leaves rows beyond a partial batch out of the sums", async () => {
    for (const rows of [1, 7, 65]) await check({ rows, capacity: 130, fanIn: 6, fanOut: 9, bias: true });
  });
});
