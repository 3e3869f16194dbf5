import { DeviceError } from "../errors.ts";

/** @throws {DeviceError} where there is no WebGPU at all: then there is no use in waiting for an adapter */
export function entryPoint({ gpu }: { gpu?: GPU }): GPU {
  const found = gpu ?? (globalThis.navigator as Navigator | undefined)?.gpu;
  if (found) return found;
  throw new DeviceError(
    'No WebGPU here: navigator.gpu is missing. Use a browser that has it (README, "Where it runs"), serve the page ' +
      "from https or localhost, or hand in a GPU object as { gpu }: in Node that of nodeGpu() in tabgpu/headless.",
  );
}
