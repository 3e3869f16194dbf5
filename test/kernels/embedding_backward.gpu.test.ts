import { describe, it } from "vitest";
import { type EmbeddingBackwardSize, embeddingBackwardCase } from "../../src/doctor/checks/embedding.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: EmbeddingBackwardSize) => checkCase(embeddingBackwardCase(size));

describe("embedding_backward", () => {
  it("adds the rows of each code, others get 0, at awkward sizes", async () => {
    for (const rows of [1, 2, 63, 65, 127]) {
      const sizes = [
        [5, 4],
        [3, 1],
        [40, 3],
      ] as const;
      await check({ rows, sizes });
    }
    for (const width of [1, 5, 8, 63, 64, 65, 81]) await check({ rows: 33, sizes: [[7, width]] });
    await check({ rows: 65, sizes: [[1116, 81]], continuous: 0 });
  });

  it("adds a whole batch of one code", async () => {
    await check({ rows: 513, sizes: [[3, 5]], onlyCode: 1 });
  });

  it("ignores rows beyond a partial batch", async () => {
    for (const rows of [1, 65])
      await check({
        rows,
        capacity: 100,
        sizes: [
          [7, 3],
          [2, 2],
        ],
      });
  });

  it("folds its grid where one dimension cannot hold it", async () => {
    await check({
      rows: 9,
      sizes: [
        [70, 5],
        [30, 3],
      ],
      grid: [3, 3, 1],
    }); // 8 workgroups of work
  });
});
