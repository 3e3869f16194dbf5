import { describe, it } from "vitest";
import { type LinearForwardSize, linearForwardRowCase } from "../../src/doctor/checks/folded.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: LinearForwardSize) => checkCase(linearForwardRowCase(size));

describe("linear_forward_row", () => {
  it("is a Linear at awkward sizes, with and without ReLU", async () => {
    for (const fanOut of [1, 3, 4, 5, 63, 64, 65, 233]) {
      for (const fanIn of [1, 3, 4, 5, 64, 233])
        await check({ rows: 1, fanIn, fanOut, relu: fanIn % 2 === 0 });
    }
    await check({ rows: 2, fanIn: 13, fanOut: 66 });
  });

  it("squashes into y_range, also where the sigmoid is flat", async () => {
    for (const fanOut of [1, 5, 66]) {
      await check({ rows: 1, fanIn: 7, fanOut, yRange: [0, 10.8] });
      await check({ rows: 1, fanIn: 1, fanOut, yRange: [-5, -1], weightScale: 90 });
    }
  });

  it("takes many rows of few columns, as the head in training", async () => {
    for (const fanOut of [1, 2, 3, 4, 5]) {
      for (const rows of [15, 16, 17, 67, 257]) await check({ rows, fanIn: 66, fanOut });
    }
  });

  it("leaves rows beyond a partial batch alone", async () => {
    await check({ rows: 1, capacity: 2, fanIn: 5, fanOut: 6 });
    await check({ rows: 33, capacity: 50, fanIn: 5, fanOut: 3 });
  });
});
