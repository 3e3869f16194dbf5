import { DeviceError, OptionError } from "../errors.ts";
import type { InferenceEngine } from "./tabular_model.ts";

/** Where a loaded model runs: on WebGPU, on the CPU, or on WebGPU where there is any and else on the CPU. */
export type Backend = "auto" | "webgpu" | "cpu";

/** A way to make each engine. */
export interface EngineFactories {
  webgpu(): Promise<InferenceEngine>;
  cpu(): InferenceEngine | Promise<InferenceEngine>;
}

/**
 * Makes the engine that `backend` asks for. "auto" falls back to the CPU only where there is no usable WebGPU, and
 * never in silence: the engine's `backend` tells, and `onFallback` gets the reason.
 *
 * @throws {OptionError} for a backend that does not exist.
 * @throws {DeviceError} with "webgpu", where there is no usable WebGPU.
 */
export async function chooseEngine(
  backend: Backend,
  engines: EngineFactories,
  onFallback?: (reason: string) => void,
): Promise<InferenceEngine> {
  switch (backend) {
    case "cpu":
      return engines.cpu();
    case "webgpu":
      return engines.webgpu();
    case "auto":
      try {
        return await engines.webgpu();
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error; // a fault, not a missing device: do not hide it
        onFallback?.(error.message);
        return engines.cpu();
      }
    default:
      throw new OptionError(`backend is ${JSON.stringify(backend)}; it must be "auto", "webgpu" or "cpu".`);
  }
}
