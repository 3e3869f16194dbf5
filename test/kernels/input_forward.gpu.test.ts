import { describe, it } from "vitest";
import { type InputForwardSize, inputForwardCase } from "../../src/doctor/checks/input.ts";
import { checkCase } from "../support/kernel_harness.ts";
import { PACKED, THREE } from "./input_sizes.ts";

const check = (size: InputForwardSize) => checkCase(inputForwardCase(size));

describe("input_forward", () => {
  it("gathers embeddings and continuous columns by row index, at awkward sizes", async () => {
    for (const rows of [1, 3, 4, 5, 63, 65]) await check({ rows, sizes: THREE, continuous: 2 });
    for (const dim of [1, 3, 4, 5, 7, 8, 9, 63, 64, 65])
      await check({ rows: 7, sizes: [[3, dim]], continuous: 1 });
  });

  it("does without categorical and without continuous columns", async () => {
    await check({ rows: 9, sizes: [], continuous: 5 });
    await check({ rows: 9, sizes: [], continuous: 3, batchNorm: true });
    await check({ rows: 9, sizes: THREE, continuous: 0 });
    await check({ rows: 9, sizes: [[1, 1]], continuous: 0 });
  });

  it("unpacks codes of 8, 16 and 32 bits, from any place of a word", async () => {
    await check({ rows: 130, ...PACKED, continuous: 1 });
  });

  it("normalises continuous columns with running statistics, variance 0 included", async () => {
    for (const continuous of [1, 4, 5, 16, 65, 70]) {
      await check({ rows: 9, sizes: THREE, continuous, batchNorm: true });
    }
    await check({ rows: 1, sizes: THREE, continuous: 3, batchNorm: true });
  });

  it("leaves rows beyond a partial batch alone", async () => {
    for (const rows of [1, 4, 9]) {
      await check({ rows, capacity: 20, sizes: THREE, continuous: 2 });
      await check({ rows, capacity: 20, sizes: THREE, continuous: 2, batchNorm: true });
    }
  });
});
