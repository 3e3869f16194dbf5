import { InternalError } from "../../errors.ts";
import { adamStep } from "./adam.ts";
import { linearForward, readyRowsForward } from "./folded.ts";
import { inputBackward, inputForward, inputForwardTrain } from "./input.ts";
import { linBnDropBackward, linBnDropForwardEval, linBnDropForwardTrain } from "./lin_bn_drop.ts";
import { linearBackwardWeight } from "./linear.ts";
import { bceWithLogits, crossEntropy, mse } from "./losses.ts";
import type { KernelTwin } from "./twin.ts";

/** The twin of every kernel, by the kernel's name. */
export const kernelTwins: Readonly<Record<string, KernelTwin>> = {
  input_forward: inputForward,
  input_forward_train: inputForwardTrain,
  lin_bn_drop_forward_train: linBnDropForwardTrain,
  lin_bn_drop_forward_eval: linBnDropForwardEval,
  mse,
  cross_entropy: crossEntropy,
  bce_with_logits: bceWithLogits,
  linear_backward_weight: linearBackwardWeight,
  input_backward: inputBackward,
  lin_bn_drop_backward: linBnDropBackward,
  adam_step: adamStep,
  ready_rows_forward: readyRowsForward,
  linear_forward: linearForward,
  linear_forward_row: linearForward,
};

/** @throws {InternalError} for a kernel that has none */
export function twinOf(kernel: string): KernelTwin {
  const twin = Object.hasOwn(kernelTwins, kernel) ? kernelTwins[kernel] : undefined;
  if (!twin) throw new InternalError(`the kernel ${kernel} has no twin in src/cpu/twins.`);
  return twin;
}
