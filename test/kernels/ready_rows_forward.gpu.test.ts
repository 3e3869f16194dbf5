import { describe, it } from "vitest";
import { type ReadyRowsSize, readyRowsCase } from "../../src/doctor/checks/folded.ts";
import { checkCase } from "../support/kernel_harness.ts";

const check = (size: ReadyRowsSize) => checkCase(readyRowsCase(size));

describe("ready_rows_forward", () => {
  it("sums ready rows, products and the bias at awkward sizes", async () => {
    for (const rows of [1, 3, 4, 5, 15, 16, 17, 65])
      await check({ rows, tables: [5, 3, 200], continuous: 2, fanOut: 6 });
    for (const fanOut of [1, 3, 4, 5, 63, 64, 65, 67, 127, 128, 129, 133])
      await check({ rows: 7, tables: [5, 3], kept: [[4, 3]], continuous: 2, fanOut, relu: fanOut % 2 === 0 });
    for (const continuous of [1, 3, 4, 5, 16, 17])
      await check({ rows: 7, tables: [4], continuous, fanOut: 9 });
    for (const width of [1, 3, 4, 5, 65])
      await check({
        rows: 7,
        tables: [4],
        kept: [
          [9, width],
          [3, 2],
        ],
        continuous: 1,
        fanOut: 9,
      });
  });

  it("does without any of the three", async () => {
    await check({ rows: 9, tables: [], continuous: 5, fanOut: 7 });
    await check({ rows: 9, tables: [5], continuous: 0, fanOut: 7 });
    await check({ rows: 9, tables: [], kept: [[5, 4]], continuous: 0, fanOut: 7 });
  });

  it("unpacks codes of 8, 16 and 32 bits, from any place of a word", async () => {
    await check({
      rows: 130,
      tables: [256, 70000, 65536, 257, 3, 4, 5],
      kept: [
        [300, 2],
        [7, 1],
      ],
      continuous: 1,
      fanOut: 1,
    });
  });

  it("is the whole model where there is no hidden layer", async () => {
    for (const fanOut of [1, 3, 5])
      await check({ rows: 9, tables: [5, 3], continuous: 2, fanOut, yRange: [-5, 10.8] });
  });

  it("writes from the step's output_row on", async () => {
    await check({ rows: 9, tables: [], kept: [[9, 5]], continuous: 0, fanOut: 6, outputRow: 11 });
  });

  it("leaves rows beyond a partial batch alone", async () => {
    for (const rows of [1, 4, 9]) await check({ rows, capacity: 20, tables: [5], continuous: 2, fanOut: 6 });
  });
});
