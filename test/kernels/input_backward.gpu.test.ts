import { describe, expect, it } from "vitest";
import { type InputBackwardSize, inputBackwardCase } from "../../src/doctor/checks/input.ts";
import { checkCase, variantsOf, wordsAfter } from "../support/kernel_harness.ts";

const check = (size: InputBackwardSize) => checkCase(inputBackwardCase(size));

describe("input_backward", () => {
  it("is d_z · weight at awkward sizes", async () => {
    const sizes = [
      [1, 1, 1],
      [2, 3, 4],
      [3, 4, 3],
      [7, 5, 8],
      [8, 8, 7],
      [9, 7, 9],
      [15, 15, 17],
      [16, 17, 15],
      [63, 9, 63],
      [64, 64, 64],
      [65, 65, 65],
      [67, 66, 2],
      [17, 233, 13],
      [31, 13, 233],
      [513, 3, 1],
    ];
    for (const [rows, fanIn, fanOut] of sizes) {
      await check({ rows, fanIn, fanOut });
      await check({ rows, fanIn, fanOut, cardinalities: [11] });
    }
  });

  it("cuts a long sum in slices where its workgroups are few", async () => {
    for (const fanOut of [31, 32, 33, 63, 64, 65, 127, 128, 129]) {
      const size = { rows: 9, capacity: 12, fanIn: 10, fanOut, dropout: 0.4, dropped: 7 };
      await check({ ...size, cardinalities: [4] });
    }
  });

  it("drops on the embeddings' columns only, the bits of input_forward_train", async () => {
    for (const dropped of [0, 1, 4, 6, 9]) {
      await check({ rows: 33, fanIn: 9, fanOut: 5, dropout: 0.4, dropped });
    }
    await check({ rows: 9, fanIn: 8, fanOut: 3, dropout: 0.4, dropped: 8 });
  });

  it("sorts the batch's rows by code, stably, at awkward sizes", async () => {
    for (const rows of [1, 2, 3, 4, 5, 63, 64, 65, 67, 127, 255, 256, 257, 513]) {
      await check({ rows, fanIn: 5, fanOut: 3, cardinalities: [3, 1, 1116] });
    }
  });

  it("takes a batch of one code, one in which no code repeats, and codes beyond 16 bits", async () => {
    const sizes = { rows: 65, fanIn: 5, fanOut: 3, tick: 9 };
    await check({ ...sizes, cardinalities: [5], codes: "last only" });
    await check({ ...sizes, cardinalities: [70], codes: "descending" });
    await check({ ...sizes, cardinalities: [300_000, 70], codes: "descending" });
    await check({ ...sizes, cardinalities: [300_000], codes: "last only" });
  });

  it("leaves rows beyond a partial batch alone, and out of the groups", async () => {
    for (const rows of [1, 7, 8, 9, 64, 65]) {
      await check({ rows, capacity: 130, fanIn: 6, fanOut: 5, cardinalities: [4, 7] });
    }
    await check({ rows: 66, capacity: 101, fanIn: 6, fanOut: 5, cardinalities: [4, 7] });
  });

  it("leaves the segments of earlier steps as they are, unless this one has their code", async () => {
    await check({ rows: 6, fanIn: 4, fanOut: 2, cardinalities: [6], codes: "last only", tick: 2 });
    await check({ rows: 3, capacity: 6, fanIn: 4, fanOut: 2, cardinalities: [6], tick: 0xffffffff });
  });

  it("folds its grid where one dimension cannot hold it", async () => {
    await check({ rows: 70, fanIn: 70, fanOut: 3, cardinalities: [9, 8], grid: [3, 3, 1] });
  });

  it("gives the same bits again", async () => {
    const size = { rows: 300, fanIn: 20, fanOut: 11, dropout: 0.2, dropped: 14, cardinalities: [9, 30] };
    for (const variant of await variantsOf(inputBackwardCase(size))) {
      const once = () => wordsAfter(variant);
      expect(await once()).toEqual(await once());
    }
  });
});
