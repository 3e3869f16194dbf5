import { describe, expect, it } from "vitest";
import * as ops from "../../src/cpu/ops/ops.ts";
import { linearBackwardWeight } from "../../src/kernels/linear.ts";
import { Random } from "../../src/random.ts";
import { f64, magnitudes } from "../support/bounds.ts";
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
  bias?: boolean;
}

async function check(c: Case): Promise<void> {
  const { rows, fanIn, fanOut, capacity = rows, bias = false } = c;
  const random = new Random(15);
  const dZ = randomFloats(random, rows * fanOut);
  const x = randomFloats(random, rows * fanIn);
  const arena = new TestArena();
  const linear = {
    fanIn,
    fanOut,
    weight: arena.matrix(new Float32Array(fanOut * fanIn), fanIn),
    bias: bias ? arena.vector(new Float32Array(fanOut)) : null,
  };
  const padding = arena.floats.map((v) => Number(!Number.isNaN(v))); // 1 where a tensor or its padding lies
  const { floats, isWritten } = await withKernel(async (run) => {
    const io = {
      d_z: run.inputMatrix("d_z", capacity, fanOut, dZ),
      x: run.inputMatrix("x", capacity, fanIn, x),
      grads: run.output("grads", [arena.floats.length]),
    };
    await run.run((rec) => linearBackwardWeight(rec, linear, io), stepOf({ rows }));
    return run.written(io.grads);
  });
  const what = JSON.stringify(c);
  expect(isWritten.map(Number), `where it wrote, ${what}`).toEqual([...padding]);

  const stride = 4 * Math.ceil(fanIn / 4);
  const dWeight = new Float32Array(fanOut * fanIn);
  let paddingSum = 0;
  for (let o = 0; o < fanOut; o++) {
    const at = linear.weight + o * stride;
    dWeight.set(floats.subarray(at, at + fanIn), o * fanIn);
    for (let k = fanIn; k < stride; k++) paddingSum += Math.abs(floats[at + k]);
  }
  expect(paddingSum, `padding of d_weight, ${what}`).toBe(0);
  const product = ops.linearBackwardWeight(f64(dZ), f64(x), rows, fanIn, fanOut);
  const sums = ops.linearBackwardWeight(magnitudes(dZ), magnitudes(x), rows, fanIn, fanOut);
  expectClose(
    dWeight,
    product,
    sums.map((sum) => rows * U * sum),
    `d_weight ${what}`,
  );
  if (linear.bias === null) return;
  const dBias = floats.slice(linear.bias, linear.bias + fanOut);
  const onBias = ops.linearBackwardBias(magnitudes(dZ), rows, fanOut).map((sum) => rows * U * sum);
  expectClose(dBias, ops.linearBackwardBias(f64(dZ), rows, fanOut), onBias, `d_bias ${what}`);
}

describe("linear_backward_weight", () => {
  it("is d_zᵀ · x, with the bias's column sums, at awkward sizes", async () => {
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
    for (const [i, [rows, fanIn, fanOut]] of sizes.entries()) {
      await check({ rows, fanIn, fanOut, bias: i % 2 === 0 });
    }
  });

  it("leaves rows beyond a partial batch out of the sums", async () => {
    for (const rows of [1, 7, 65]) await check({ rows, capacity: 130, fanIn: 6, fanOut: 9, bias: true });
  });
});
