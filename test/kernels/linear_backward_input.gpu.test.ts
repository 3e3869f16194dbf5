import { describe, it } from "vitest";
import { keepDecisions } from "../../src/cpu/ops/dropout_bits.ts";
import * as ops from "../../src/cpu/ops/ops.ts";
import { linearBackwardInput } from "../../src/kernels/linear.ts";
import { Random } from "../../src/random.ts";
import { f64, magnitudes, times } from "../support/bounds.ts";
import { expectClose } from "../support/close.ts";
import { stepOf, U, withKernel } from "../support/kernel_harness.ts";
import { randomFloats } from "../support/random_arrays.ts";
import { TestArena } from "../support/test_arena.ts";

interface Case {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  fanIn: number;
  fanOut: number;
  dropout?: number;
  /** Columns of the input that were dropped: the embeddings. */
  dropped?: number;
}

async function check(c: Case): Promise<void> {
  const { rows, fanIn, fanOut, capacity = rows, dropout = 0, dropped = 0 } = c;
  const random = new Random(14);
  const dZ = randomFloats(random, rows * fanOut);
  const weight = randomFloats(random, fanOut * fanIn);
  const arena = new TestArena();
  const linear = { fanIn, fanOut, weight: arena.matrix(weight, fanIn), bias: null };
  const key = { layer: 0, number: 4, seed: 123456789 };
  const dX = await withKernel(async (run) => {
    const io = {
      params: run.input("params", arena.floats),
      d_z: run.inputMatrix("d_z", capacity, fanOut, dZ),
      d_x: run.outputMatrix("d_x", capacity, fanIn),
    };
    const step = stepOf({ rows, number: key.number, seed: key.seed });
    await run.run((rec) => linearBackwardInput(rec, linear, io, { p: dropout, layer: 0, dropped }), step);
    return run.rows(io.d_x, rows);
  });
  const keep = ops.dropoutMask(keepDecisions(rows, fanIn, dropout, key), dropout);
  const factor = keep.map((k, i) => (i % fanIn < dropped ? k : 1));
  const expected = times(ops.linearBackwardInput(f64(dZ), f64(weight), rows, fanIn, fanOut), factor);
  const sums = times(
    ops.linearBackwardInput(magnitudes(dZ), magnitudes(weight), rows, fanIn, fanOut),
    factor,
  );
  const bound = sums.map((sum) => (fanOut + 2) * U * sum);
  expectClose(dX, expected, bound, JSON.stringify(c));
}

describe("linear_backward_input", () => {
  it("is d_z · weight at awkward sizes", async () => {
    const sizes = [
      [1, 1, 1],
      [2, 3, 4],
      [3, 4, 3],
      [7, 5, 8],
      [8, 8, 7],
      [9, 7, 9],
      [63, 9, 63],
      [64, 64, 64],
      [65, 65, 65],
      [17, 233, 13],
      [31, 13, 233],
      [513, 3, 1],
    ];
    for (const [rows, fanIn, fanOut] of sizes) await check({ rows, fanIn, fanOut });
  });

  it("drops on the embeddings' columns only, the bits of input_forward", async () => {
    for (const dropped of [0, 1, 4, 6, 9]) {
      await check({ rows: 33, fanIn: 9, fanOut: 5, dropout: 0.4, dropped });
    }
    await check({ rows: 9, fanIn: 8, fanOut: 3, dropout: 0.4, dropped: 8 });
  });

  it("leaves rows beyond a partial batch alone", async () => {
    for (const rows of [1, 7, 8, 9, 65]) await check({ rows, capacity: 130, fanIn: 6, fanOut: 5 });
  });
});
