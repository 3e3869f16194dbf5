import { describe, it } from "vitest";
import { type LinearForwardSize, linearForwardCase } from "../../src/doctor/checks/folded.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: LinearForwardSize) => checkCase(linearForwardCase(size, "wide"));

describe("linear_forward_wide", () => {
  it("is a Linear at awkward sizes", async () => {
    const sizes = [
      [1, 1, 9],
      [15, 3, 15],
      [16, 4, 16],
      [17, 5, 17],
      [7, 233, 13],
      [63, 9, 63],
      [64, 64, 64],
      [65, 65, 65],
      [31, 13, 233],
      [130, 3, 12],
    ];
    for (const [rows, fanIn, fanOut] of sizes) await check({ rows, fanIn, fanOut });
  });

  it("applies ReLU, or squashes into y_range, also where the sigmoid is flat", async () => {
    for (const fanOut of [9, 31, 65]) {
      await check({ rows: 19, fanIn: 11, fanOut, relu: true });
      await check({ rows: 19, fanIn: 7, fanOut, yRange: [0, 10.8] });
      await check({ rows: 19, fanIn: 1, fanOut, yRange: [-5, -1], weightScale: 90 });
    }
  });

  it("leaves rows beyond a partial batch alone", async () => {
    for (const rows of [1, 15, 16, 17, 64, 65]) await check({ rows, capacity: 130, fanIn: 5, fanOut: 18 });
  });
});
