/**
 * Every error TabGPU throws on purpose. Messages say what is wrong, where, and how to fix it, with the expected
 * and the found value. The class tells a caller whom to blame: the data, an option, the model file or the device.
 */
export class TabgpuError extends Error {
  override name = "TabgpuError";
}

/** The user's table: a missing column, an unexpected gap, a target that cannot be learned. */
export class DataError extends TabgpuError {
  override name = "DataError";
}

/** An argument outside its range, or two arguments that contradict each other. */
export class OptionError extends TabgpuError {
  override name = "OptionError";
}

/** A model file that is truncated, of another version or inconsistent with itself. */
export class ModelFileError extends TabgpuError {
  override name = "ModelFileError";
}

/** No WebGPU, no adapter, limits too small, a lost device, a shader that does not compile. */
export class DeviceError extends TabgpuError {
  override name = "DeviceError";
}

/** A fault of TabGPU itself; never the caller's. */
export class InternalError extends TabgpuError {
  override name = "InternalError";
  constructor(message: string) {
    super(`internal: ${message} This is a fault of TabGPU, please report it.`);
  }
}
