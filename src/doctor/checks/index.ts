import type { KernelCheck } from "../kernel_check.ts";
import { adamStepCheck } from "./adam.ts";
import { continuousBackwardCheck, continuousForwardTrainCheck } from "./continuous.ts";
import { embeddingBackwardCheck, embeddingGroupCodesCheck } from "./embedding.ts";
import { linearForwardCheck, linearForwardRowCheck, readyRowsForwardCheck } from "./folded.ts";
import { inputForwardCheck } from "./input.ts";
import {
  linBnDropBackwardCheck,
  linBnDropForwardEvalCheck,
  linBnDropForwardTrainCheck,
} from "./lin_bn_drop.ts";
import { linearBackwardInputCheck, linearBackwardWeightCheck } from "./linear.ts";
import { bceWithLogitsCheck, crossEntropyCheck, mseCheck } from "./losses.ts";

/** One check per kernel, in the order of a training step, then of a prediction. */
export const kernelChecks: readonly KernelCheck[] = [
  inputForwardCheck,
  continuousForwardTrainCheck,
  linBnDropForwardTrainCheck,
  linBnDropForwardEvalCheck,
  mseCheck,
  crossEntropyCheck,
  bceWithLogitsCheck,
  linearBackwardWeightCheck,
  linearBackwardInputCheck,
  linBnDropBackwardCheck,
  continuousBackwardCheck,
  embeddingGroupCodesCheck,
  embeddingBackwardCheck,
  adamStepCheck,
  readyRowsForwardCheck,
  linearForwardCheck,
  linearForwardRowCheck,
];
