import { DeviceError, OptionError } from "../errors.ts";

/**
 * Where a model runs. "auto": a learner trains on WebGPU where there is any and else on the CPU; a loaded model predicts
 * each call where it is quicker.
 */
export type Backend = "auto" | "webgpu" | "cpu";

/** A way to make the same thing on each. */
export interface BackendFactories<T> {
  webgpu(): Promise<T>;
  cpu(): T | Promise<T>;
}

/**
 * Makes what `backend` asks for. "auto" falls back to the CPU only where there is no usable WebGPU, and never in
 * silence: `onFallback` gets the reason, and what is made tells its backend.
 *
 * @throws {OptionError} for a backend that does not exist.
 * @throws {DeviceError} with "webgpu", where there is no usable WebGPU.
 */
export async function chooseBackend<T>(
  backend: Backend,
  make: BackendFactories<T>,
  onFallback?: (reason: string) => void,
): Promise<T> {
  if (backend === "cpu") return make.cpu();
  if (backend !== "webgpu" && backend !== "auto") {
    throw new OptionError(`backend is ${JSON.stringify(backend)}; it must be "auto", "webgpu" or "cpu".`);
  }
  try {
    return await make.webgpu();
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error; // a fault, not a missing device: do not hide it
    if (backend === "webgpu") {
      const message = `${error.message} Or run on the CPU: { backend: "cpu" }, or "auto" for where there is no WebGPU.`;
      throw new DeviceError(message, { cause: error });
    }
    onFallback?.(error.message);
    return make.cpu();
  }
}
