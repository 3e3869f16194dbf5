import { describe, it } from "vitest";
import { type ContinuousBackwardSize, continuousBackwardCase } from "../../src/doctor/checks/continuous.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: ContinuousBackwardSize) => checkCase(continuousBackwardCase(size));

describe("continuous_backward", () => {
  it("sums over the rows of the batch at awkward sizes", async () => {
    for (const rows of [1, 2, 3, 63, 64, 65, 127, 511, 1030]) await check({ rows, width: 7, continuous: 3 });
    for (const width of [0, 1, 4, 217]) await check({ rows: 13, width, continuous: 1 });
    for (const continuous of [4, 5, 8, 16]) await check({ rows: 13, width: 6, continuous });
  });

  it("keeps rows beyond a partial batch out of the sums", async () => {
    for (const rows of [1, 64, 65]) await check({ rows, capacity: 100, width: 5, continuous: 3 });
  });
});
