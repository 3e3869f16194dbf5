import { describe, it } from "vitest";
import { type BceWithLogitsSize, bceWithLogitsCase } from "../../src/doctor/checks/losses.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: BceWithLogitsSize) => checkCase(bceWithLogitsCase(size));

describe("bce_with_logits", () => {
  it("is the mean over all elements, gathered by row index, at awkward sizes", async () => {
    for (const rows of [1, 7, 63, 64, 65, 256, 511, 1030]) await check({ rows, labels: 1 });
    for (const labels of [3, 4, 5, 8, 9, 63]) await check({ rows: 67, labels });
  });

  it("is finite for logits of ±90 and right at 0", async () => {
    await check({ rows: 67, labels: 3, logits: "90 or -90" });
    await check({ rows: 67, labels: 1, logits: "-66, -64, …" });
    await check({ rows: 9, labels: 3, logits: "0" });
  });

  it("counts the rows of a partial batch only", async () => {
    for (const rows of [1, 63, 65]) await check({ rows, capacity: 300, labels: 3 });
  });
});
