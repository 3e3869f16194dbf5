import { describe, it } from "vitest";
import { type CrossEntropySize, crossEntropyCase } from "../../src/doctor/checks/losses.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: CrossEntropySize) => checkCase(crossEntropyCase(size));

describe("cross_entropy", () => {
  it("is the mean over rows, gathered by row index, at awkward sizes", async () => {
    for (const rows of [1, 7, 63, 64, 65, 256, 511, 1030]) await check({ rows, classes: 3 });
    for (const classes of [2, 4, 5, 8, 9, 63, 233]) await check({ rows: 67, classes });
    await check({ rows: 5, classes: 1 });
  });

  it("is finite where the logits are far apart, or all large", async () => {
    await check({ rows: 67, classes: 4, logits: "90 or -90" });
    await check({ rows: 67, classes: 5, logits: "near 90" });
    await check({ rows: 67, classes: 5, logits: "near -90" });
    await check({ rows: 9, classes: 4, logits: "0" });
  });

  it("counts the rows of a partial batch only", async () => {
    for (const rows of [1, 63, 65]) await check({ rows, capacity: 300, classes: 3 });
  });
});
