import { rowStride } from "../../gpu/buffer_spec.ts";
import { dropoutKeys, dropRow, floatsOf } from "./layout.ts";
import { productBackward, productForward } from "./products.ts";
import type { Floats, TwinCall } from "./twin.ts";

/** r = relu(x · weightᵀ + bias), y = dropout(batchnorm(r)) with the batch's statistics, which move the running ones. */
export function linBnDropForwardTrain(call: TwinCall): void {
  const { dims, step } = call;
  const { rows } = step;
  const r = floatsOf(call, "r");
  const y = floatsOf(call, "y");
  const stride = rowStride(dims.fan_out);
  productForward(call, r, 0);
  addBiasAndClip(call, r, 0);
  if (dims.has_batch_norm === 0) {
    for (let i = 0; i < rows * stride; i++) y[i] = r[i];
  } else {
    const params = floatsOf(call, "params");
    const saved = floatsOf(call, "saved");
    const running = floatsOf(call, "running");
    const mean = new Float64Array(stride);
    const variance = new Float64Array(stride);
    for (let i = 0; i < rows * stride; i++) mean[i % stride] += r[i];
    for (let j = 0; j < stride; j++) mean[j] /= rows;
    for (let i = 0; i < rows * stride; i++) variance[i % stride] += (r[i] - mean[i % stride]) ** 2;
    const scale = new Float64Array(stride);
    for (let j = 0; j < stride; j++) {
      variance[j] /= rows;
      const inverse = 1 / Math.sqrt(variance[j] + dims.eps);
      scale[j] = inverse * params[4 * dims.gamma + j];
      saved[j] = mean[j];
      saved[stride + j] = inverse;
      const rm = 4 * dims.running_mean + j;
      const rv = 4 * dims.running_var + j;
      running[rm] += dims.momentum * (mean[j] - running[rm]);
      running[rv] += dims.momentum * ((variance[j] * rows) / (rows - 1) - running[rv]);
    }
    for (let i = 0; i < rows * stride; i++) {
      const j = i % stride;
      y[i] = (r[i] - mean[j]) * scale[j] + params[4 * dims.beta + j];
    }
  }
  const keys = dropoutKeys(call);
  for (let row = 0; row < rows; row++) dropRow(y, row * stride, stride, keys);
}

/** y = y_range(batchnorm(relu(x · weightᵀ + bias))) with running statistics; each of the three may be off. */
export function linBnDropForwardEval(call: TwinCall): void {
  const { dims, step } = call;
  const y = floatsOf(call, "y");
  const stride = rowStride(dims.fan_out);
  const first = dims.to_output === 0 ? 0 : step.output_row * stride;
  productForward(call, y, first);
  addBiasAndClip(call, y, first);
  const params = floatsOf(call, "params");
  const running = floatsOf(call, "running");
  for (let row = 0; row < step.rows; row++) {
    for (let j = 0; j < dims.fan_out; j++) {
      const at = first + row * stride + j;
      if (dims.has_batch_norm !== 0) {
        const scale = params[4 * dims.gamma + j] / Math.sqrt(running[4 * dims.running_var + j] + dims.eps);
        y[at] = (y[at] - running[4 * dims.running_mean + j]) * scale + params[4 * dims.beta + j];
      }
      if (dims.has_y_range !== 0) y[at] = dims.low + (dims.high - dims.low) / (1 + Math.exp(-y[at]));
    }
  }
}

/** d_r from d_z: back through the next Linear, where there is one, dropout, BatchNorm and ReLU. */
export function linBnDropBackward(call: TwinCall): void {
  const { dims, step } = call;
  const { rows } = step;
  const dR = floatsOf(call, "d_r");
  const r = floatsOf(call, "r");
  const stride = 4 * dims.fan_in4;
  if (dims.fan_out === 0) {
    const dZ = floatsOf(call, "d_z");
    for (let i = 0; i < rows * stride; i++) dR[i] = dZ[i];
  } else {
    productBackward(call, dR);
  }
  const keys = dropoutKeys(call);
  for (let row = 0; row < rows; row++) dropRow(dR, row * stride, stride, keys);
  if (dims.has_batch_norm !== 0) batchNormBackward(call, dR, r, stride);
  if (dims.has_relu === 0) return;
  for (let i = 0; i < rows * stride; i++) if (r[i] <= 0) dR[i] = 0;
}

/** dx = γ/σ · (dy − mean dy − x̂ · mean(dy · x̂)), in place; d_gamma and d_beta go to the arena. */
function batchNormBackward(call: TwinCall, d: Floats, r: Floats, stride: number): void {
  const { dims, step } = call;
  const { rows } = step;
  const saved = floatsOf(call, "saved");
  const params = floatsOf(call, "params");
  const grads = floatsOf(call, "grads");
  const dBeta = new Float64Array(stride);
  const dGamma = new Float64Array(stride);
  for (let i = 0; i < rows * stride; i++) {
    const j = i % stride;
    dBeta[j] += d[i];
    dGamma[j] += d[i] * (r[i] - saved[j]) * saved[stride + j];
  }
  for (let i = 0; i < rows * stride; i++) {
    const j = i % stride;
    const inverse = saved[stride + j];
    const xHat = (r[i] - saved[j]) * inverse;
    d[i] = params[4 * dims.gamma + j] * inverse * (d[i] - dBeta[j] / rows - (xHat * dGamma[j]) / rows);
  }
  grads.set(dBeta, 4 * dims.d_beta);
  grads.set(dGamma, 4 * dims.d_gamma);
}

/** Bias and ReLU on rows that begin at `first`; not on their padding. */
function addBiasAndClip(call: TwinCall, z: Floats, first: number): void {
  const { dims, step } = call;
  const params = floatsOf(call, "params");
  const stride = rowStride(dims.fan_out);
  for (let row = 0; row < step.rows; row++) {
    for (let j = 0; j < dims.fan_out; j++) {
      const at = first + row * stride + j;
      if (dims.has_bias !== 0) z[at] += params[4 * dims.bias + j];
      if (dims.has_relu !== 0) z[at] = Math.max(z[at], 0);
    }
  }
}
