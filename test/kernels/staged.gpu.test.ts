import { describe, expect, it } from "vitest";
import { type LinearForwardSize, linearForwardCase } from "../../src/doctor/checks/folded.ts";
import { type InputBackwardSize, inputBackwardCase } from "../../src/doctor/checks/input.ts";
import { type ForwardEvalSize, linBnDropForwardEvalCase } from "../../src/doctor/checks/lin_bn_drop.ts";
import { type LinearBackwardWeightSize, linearBackwardWeightCase } from "../../src/doctor/checks/linear.ts";
import type { KernelCase } from "../../src/doctor/kernel_case.ts";
import { checkCase, wordsAfter } from "../support/kernel_harness.ts";

/** Around a block of 64 by 64, a slab of 16 steps and a vec4; primes; one of everything. */
const SIZES = [
  [3, 1, 9],
  [16, 15, 12],
  [17, 16, 16],
  [31, 17, 61],
  [63, 63, 65],
  [64, 64, 64],
  [65, 65, 63],
  [67, 127, 66],
  [129, 233, 131],
] as const;

/** A batch that fills less than the recording has room for: whole blocks of rows are empty. */
const PARTIAL = [1, 15, 64, 65] as const;

const KERNELS: Record<
  string,
  (rows: number, fanIn: number, fanOut: number, capacity?: number) => KernelCase
> = {
  linear_forward: (rows, fanIn, fanOut, capacity) =>
    linearForwardCase({ rows, capacity, fanIn, fanOut, relu: true } satisfies LinearForwardSize),
  lin_bn_drop_forward_eval: (rows, fanIn, fanOut, capacity) =>
    linBnDropForwardEvalCase({
      rows,
      capacity,
      fanIn,
      fanOut,
      bias: true,
      relu: true,
      batchNorm: true,
    } satisfies ForwardEvalSize),
  linear_backward_weight: (rows, fanIn, fanOut, capacity) =>
    linearBackwardWeightCase({
      rows,
      capacity,
      fanIn,
      fanOut,
      bias: true,
    } satisfies LinearBackwardWeightSize),
  input_backward: (rows, fanIn, fanOut, capacity) =>
    inputBackwardCase({
      rows,
      capacity,
      fanIn,
      fanOut,
      dropout: 0.3,
      dropped: fanIn - 1,
      cardinalities: [7],
    } satisfies InputBackwardSize),
};

describe.each(Object.entries(KERNELS))("%s, staged", (_, makeCase) => {
  it("is right around the sizes of its blocks and slabs, to the bits of the narrow variant", async () => {
    for (const [rows, fanIn, fanOut] of SIZES) await check(makeCase(rows, fanIn, fanOut));
  });

  it("leaves rows beyond a partial batch alone", async () => {
    for (const rows of PARTIAL) await check(makeCase(rows, 21, 70, 200));
  });
});

async function check(kernelCase: KernelCase): Promise<void> {
  const staged = kernelCase.others.staged!;
  expect(staged.variant).toBe("staged");
  await checkCase(kernelCase);
  const narrow = { ...kernelCase, dispatch: { ...staged, variant: "narrow" as const } };
  const words = await wordsAfter({ ...kernelCase, dispatch: staged });
  expect(words, kernelCase.title).toEqual(await wordsAfter(narrow));
}
