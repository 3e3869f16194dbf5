import { describe, it } from "vitest";
import { type MseSize, mseCase } from "../../src/doctor/checks/losses.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: MseSize) => checkCase(mseCase(size));

describe("mse", () => {
  it("is the mean over all elements, gathered by row index, at awkward sizes", async () => {
    for (const rows of [1, 7, 63, 64, 65, 256, 511, 1030]) await check({ rows, outputs: 1 });
    for (const outputs of [3, 4, 5, 8]) await check({ rows: 67, outputs });
  });

  it("goes through y_range, also where the sigmoid is flat", async () => {
    await check({ rows: 67, outputs: 1, yRange: [0, 10.8] });
    await check({ rows: 67, outputs: 5, yRange: [-3, 4] });
    await check({ rows: 67, outputs: 1, yRange: [0, 10.8], scale: 90 });
  });

  it("counts the rows of a partial batch only", async () => {
    for (const rows of [1, 63, 65]) await check({ rows, capacity: 300, outputs: 3 });
  });
});
