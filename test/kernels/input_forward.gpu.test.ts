import { describe, it } from "vitest";
import { type InputForwardSize, inputForwardCase } from "../../src/doctor/checks/input.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: InputForwardSize) => checkCase(inputForwardCase(size));

const THREE = [
  [5, 4],
  [3, 2],
  [200, 1],
] as const;

describe("input_forward", () => {
  it("gathers embeddings and continuous columns by row index, at awkward sizes", async () => {
    for (const rows of [1, 3, 4, 5, 63, 65]) await check({ rows, sizes: THREE, continuous: 2 });
    for (const dim of [1, 3, 4, 5, 7, 8, 9, 63, 64, 65])
      await check({ rows: 7, sizes: [[3, dim]], continuous: 1 });
  });

  it("does without categorical and without continuous columns", async () => {
    await check({ rows: 9, sizes: [], continuous: 5 });
    await check({ rows: 9, sizes: [], continuous: 3, mode: "running" });
    await check({ rows: 9, sizes: THREE, continuous: 0 });
  });

  it("unpacks codes of 8, 16 and 32 bits, from any place of a word", async () => {
    const sizes = [
      [256, 1],
      [70000, 1],
      [65536, 1],
      [256, 2],
      [256, 1],
      [65536, 1],
      [200, 3],
    ] as const;
    await check({ rows: 130, sizes, bits: [8, 32, 16, 8, 8, 16, 8], continuous: 1 });
  });

  it("normalises continuous columns with running statistics, or leaves them to another kernel", async () => {
    for (const continuous of [1, 4, 16]) {
      await check({ rows: 9, sizes: THREE, continuous, mode: "running" });
      await check({ rows: 9, sizes: THREE, continuous, mode: "skip", capacity: 12 });
    }
  });

  it("drops embeddings only, exactly those its key says", async () => {
    await check({ rows: 65, sizes: THREE, continuous: 3, dropout: 0.5 });
    await check({ rows: 65, sizes: THREE, continuous: 1, dropout: 0.04, mode: "running" });
  });

  it("leaves rows beyond a partial batch alone, and the codes where nobody keeps them", async () => {
    for (const rows of [1, 4, 9]) await check({ rows, capacity: 20, sizes: THREE, continuous: 2 });
    await check({ rows: 9, sizes: THREE, continuous: 2, keepCodes: false });
  });
});
