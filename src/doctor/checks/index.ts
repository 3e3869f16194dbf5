import type { KernelCheck } from "../kernel_check.ts";
import { adamStepCheck } from "./adam.ts";
import {
  linBnDropBackwardCheck,
  linBnDropForwardEvalCheck,
  linBnDropForwardTrainCheck,
} from "./lin_bn_drop.ts";
import { linearBackwardInputCheck, linearBackwardWeightCheck } from "./linear.ts";

/** One check per kernel, in the order of a training step. */
export const kernelChecks: readonly KernelCheck[] = [
  linBnDropForwardTrainCheck,
  linBnDropForwardEvalCheck,
  linearBackwardWeightCheck,
  linearBackwardInputCheck,
  linBnDropBackwardCheck,
  adamStepCheck,
];
