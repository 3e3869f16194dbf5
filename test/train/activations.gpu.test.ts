import { describeActivations } from "../support/activation_suite.ts";
import { openRuntime, sharedDevice } from "../support/gpu.ts";

describeActivations("on WebGPU", openRuntime, async () => ({ device: await sharedDevice() }));
