import { diagnose } from "../../src/doctor/index.ts";

/** Diagnoses a device of its own for the kernels it is sent. */
self.onmessage = async ({ data: kernels }: MessageEvent<string[]>) => {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const diagnosis = await diagnose(device, { kernels });
  device.destroy();
  self.postMessage(diagnosis);
};
