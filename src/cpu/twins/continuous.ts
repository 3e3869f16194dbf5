import { rowStride } from "../../gpu/buffer_spec.ts";
import { floatsOf, wordsOf } from "./layout.ts";
import type { TwinCall } from "./twin.ts";

/** The twin of shaders/continuous_forward_train.wgsl. */
export function continuousForwardTrain(call: TwinCall): void {
  const { step, dims } = call;
  const params = floatsOf(call, "params");
  const continuous = floatsOf(call, "continuous");
  const rowIndex = wordsOf(call, "row_index");
  const running = floatsOf(call, "running");
  const saved = floatsOf(call, "saved");
  const x = floatsOf(call, "x");
  const { rows, row_start } = step;
  const { width, n_continuous, momentum } = dims;
  const stride = rowStride(width + n_continuous);
  for (let c = 0; c < n_continuous; c++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += continuous[rowIndex[row_start + row] * n_continuous + c];
    const mean = sum / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) {
      const centred = continuous[rowIndex[row_start + row] * n_continuous + c] - mean;
      squares += centred * centred;
    }
    const variance = squares / rows;
    const inverse = 1 / Math.sqrt(variance + dims.eps);
    const scale = params[dims.gamma + c] * inverse;
    const shift = params[dims.beta + c];
    for (let row = 0; row < rows; row++) {
      const value = continuous[rowIndex[row_start + row] * n_continuous + c];
      x[row * stride + width + c] = (value - mean) * scale + shift;
    }
    saved[c] = mean;
    saved[n_continuous + c] = inverse;
    const rm = dims.running_mean + c;
    const rv = dims.running_var + c;
    running[rm] += momentum * (mean - running[rm]);
    running[rv] += momentum * (variance * (rows / (rows - 1)) - running[rv]);
  }
}

/** The twin of shaders/continuous_backward.wgsl. */
export function continuousBackward(call: TwinCall): void {
  const { step, dims } = call;
  const dX = floatsOf(call, "d_x");
  const continuous = floatsOf(call, "continuous");
  const rowIndex = wordsOf(call, "row_index");
  const saved = floatsOf(call, "saved");
  const grads = floatsOf(call, "grads");
  const { width, n_continuous } = dims;
  const stride = rowStride(width + n_continuous);
  for (let c = 0; c < n_continuous; c++) {
    const mean = saved[c];
    const inverse = saved[n_continuous + c];
    let dBeta = 0;
    let dGamma = 0;
    for (let row = 0; row < step.rows; row++) {
      const d = dX[row * stride + width + c];
      const value = continuous[rowIndex[step.row_start + row] * n_continuous + c];
      dBeta += d;
      dGamma += d * (value - mean) * inverse;
    }
    grads[dims.d_beta + c] = dBeta;
    grads[dims.d_gamma + c] = dGamma;
  }
}
