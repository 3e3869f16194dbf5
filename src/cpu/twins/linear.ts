import { floatsOf } from "./layout.ts";
import { outerProductSums } from "./products.ts";
import type { TwinCall } from "./twin.ts";

/** d_weight = d_zᵀ · x and, with a bias, d_bias = Σ d_z, into the gradient arena. */
export function linearBackwardWeight(call: TwinCall): void {
  const { dims, step } = call;
  const dZ = floatsOf(call, "d_z");
  const grads = floatsOf(call, "grads");
  outerProductSums(
    { values: dZ, width: dims.fan_out },
    { values: floatsOf(call, "x"), width: 4 * dims.fan_in4 },
    step.rows,
    grads,
    4 * dims.d_weight,
  );
  if (dims.has_bias === 0) return;
  const stride = 4 * Math.ceil(dims.fan_out / 4);
  for (let o = 0; o < stride; o++) {
    let sum = 0;
    for (let row = 0; row < step.rows; row++) sum += dZ[row * stride + o];
    grads[4 * dims.d_bias + o] = sum;
  }
}
