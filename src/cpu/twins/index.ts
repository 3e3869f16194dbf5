import { InternalError } from "../../errors.ts";
import { continuousBackward, continuousForwardTrain } from "./continuous.ts";
import { embeddingBackward, embeddingGroupCodes } from "./embedding.ts";
import { inputForward } from "./input.ts";
import { linearBackwardInput, linearBackwardWeight } from "./linear.ts";
import { bceWithLogits, crossEntropy, mse } from "./losses.ts";
import type { KernelTwin } from "./twin.ts";

/** The twin of every kernel, by the kernel's name. */
export const kernelTwins: Readonly<Record<string, KernelTwin>> = {
  bce_with_logits: bceWithLogits,
  continuous_backward: continuousBackward,
  continuous_forward_train: continuousForwardTrain,
  cross_entropy: crossEntropy,
  embedding_backward: embeddingBackward,
  embedding_group_codes: embeddingGroupCodes,
  input_forward: inputForward,
  linear_backward_input: linearBackwardInput,
  linear_backward_weight: linearBackwardWeight,
  mse,
};

/** @throws {InternalError} for a kernel that has none */
export function twinOf(kernel: string): KernelTwin {
  const twin = Object.hasOwn(kernelTwins, kernel) ? kernelTwins[kernel] : undefined;
  if (!twin) throw new InternalError(`the kernel ${kernel} has no twin in src/cpu/twins.`);
  return twin;
}
