import { describe, it } from "vitest";
import { type LinearForwardSize, linearForwardCase } from "../../src/doctor/checks/folded.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: LinearForwardSize) => checkCase(linearForwardCase(size));

describe("linear_forward", () => {
  it("is a Linear at awkward sizes, narrow and wide", async () => {
    const sizes = [
      [3, 1, 1],
      [4, 3, 4],
      [7, 5, 7],
      [8, 8, 8],
      [9, 7, 9],
      [15, 3, 15],
      [16, 4, 16],
      [17, 5, 17],
      [63, 9, 63],
      [64, 64, 64],
      [65, 65, 65],
      [17, 233, 13],
      [31, 13, 233],
      [511, 3, 8],
      [512, 3, 9],
      [513, 3, 1],
      [255, 3, 12],
      [257, 3, 16],
      [130, 3, 17],
    ];
    for (const [rows, fanIn, fanOut] of sizes) await check({ rows, fanIn, fanOut });
  });

  it("applies ReLU, or squashes into y_range, also where the sigmoid is flat", async () => {
    for (const fanOut of [1, 3, 8, 9, 16, 17, 65]) {
      await check({ rows: 19, fanIn: 11, fanOut, relu: true });
      await check({ rows: 19, fanIn: 7, fanOut, yRange: [0, 10.8] });
      await check({ rows: 19, fanIn: 1, fanOut, yRange: [-5, -1], weightScale: 90 });
    }
  });

  it("leaves rows beyond a partial batch alone", async () => {
    for (const rows of [1, 7, 8, 9, 15, 16, 17, 64, 65]) {
      for (const fanOut of [6, 10, 18]) await check({ rows, capacity: 130, fanIn: 5, fanOut });
    }
  });
});
