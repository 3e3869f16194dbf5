import { describe, it } from "vitest";
import { type EmbeddingGroupCodesSize, embeddingGroupCodesCase } from "../../src/doctor/checks/embedding.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: EmbeddingGroupCodesSize) => checkCase(embeddingGroupCodesCase(size));

describe("embedding_group_codes", () => {
  it("sorts the batch's rows by code, stably, at awkward sizes", async () => {
    for (const rows of [1, 2, 63, 64, 65, 127, 513]) await check({ cardinalities: [3, 1, 1116], rows });
  });

  it("takes a batch of one code, and one in which no code repeats", async () => {
    await check({ cardinalities: [5], rows: 65, codes: "last only", tick: 9 });
    await check({ cardinalities: [70], rows: 65, codes: "descending", tick: 9 });
  });

  it("ignores what lies behind the rows of a partial batch", async () => {
    for (const rows of [1, 64, 65]) await check({ cardinalities: [4, 7], rows, capacity: 100 });
  });

  it("leaves the segments of earlier steps as they are, unless this one has their code", async () => {
    await check({ cardinalities: [6], rows: 6, codes: "last only", tick: 2 });
    await check({ cardinalities: [6], rows: 3, capacity: 6, tick: 0xffffffff });
  });
});
