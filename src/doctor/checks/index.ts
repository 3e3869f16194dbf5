import type { KernelCheck } from "../kernel_check.ts";
import { adamStepCheck } from "./adam.ts";
import { linearForwardCheck, linearForwardRowCheck, readyRowsForwardCheck } from "./folded.ts";
import { inputBackwardCheck, inputForwardCheck, inputForwardTrainCheck } from "./input.ts";
import {
  linBnDropBackwardCheck,
  linBnDropForwardEvalCheck,
  linBnDropForwardTrainCheck,
} from "./lin_bn_drop.ts";
import { linearBackwardWeightCheck } from "./linear.ts";
import { bceWithLogitsCheck, crossEntropyCheck, mseCheck } from "./losses.ts";

/** One check per kernel, in the order of a training step, then of a prediction. */
export const kernelChecks: readonly KernelCheck[] = [
  inputForwardCheck,
  inputForwardTrainCheck,
  linBnDropForwardTrainCheck,
  linBnDropForwardEvalCheck,
  mseCheck,
  crossEntropyCheck,
  bceWithLogitsCheck,
  linearBackwardWeightCheck,
  linBnDropBackwardCheck,
  inputBackwardCheck,
  adamStepCheck,
  readyRowsForwardCheck,
  linearForwardCheck,
  linearForwardRowCheck,
];
