import { describe, it } from "vitest";
import {
  type ContinuousForwardTrainSize,
  continuousForwardTrainCase,
} from "../../src/doctor/checks/continuous.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: ContinuousForwardTrainSize) => checkCase(continuousForwardTrainCase(size));

describe("continuous_forward_train", () => {
  it("normalises with the batch's statistics and moves the running ones, at awkward sizes", async () => {
    for (const rows of [2, 3, 63, 64, 65, 127, 511, 1030]) await check({ rows, width: 7, continuous: 3 });
    for (const width of [0, 1, 4, 217]) await check({ rows: 13, width, continuous: 1 });
    for (const continuous of [4, 5, 8, 16]) await check({ rows: 13, width: 6, continuous });
  });

  it("survives constant columns and columns far from 0", async () => {
    await check({ rows: 30, width: 3, continuous: 4, values: "constant" });
    await check({ rows: 999, width: 3, continuous: 2, values: "near 1000" });
  });

  it("keeps rows beyond a partial batch out of the statistics", async () => {
    for (const rows of [2, 64, 65]) await check({ rows, capacity: 100, width: 5, continuous: 3 });
  });
});
