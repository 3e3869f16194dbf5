import type { KernelCheck } from "../kernel_check.ts";
import { linearBackwardInputCheck, linearBackwardWeightCheck } from "./linear.ts";

/** One check per kernel, in the order of a training step. */
export const kernelChecks: readonly KernelCheck[] = [linearBackwardWeightCheck, linearBackwardInputCheck];
