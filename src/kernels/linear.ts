import { linear_backward_weight } from "../generated/kernels/linear_backward_weight.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { ceilDiv, type Recorder } from "../scheduler/recorder.ts";
import { checkMatrix, productWork } from "./shapes.ts";
import type { LinearTensors } from "./tensors.ts";

/**
 * d_weight = d_zᵀ · x and, where the Linear has a bias, d_bias = Σ d_z, into the gradient arena.
 * Shapes: d_z [rows, fan_out], x [rows, fan_in].
 */
export function linearBackwardWeight(
  rec: Recorder,
  linear: LinearTensors,
  io: { d_z: BufferSpec; x: BufferSpec; grads: BufferSpec },
): void {
  const [rows] = io.d_z.shape;
  checkMatrix("linear_backward_weight", { d_z: io.d_z }, [rows, linear.fanOut]);
  checkMatrix("linear_backward_weight", { x: io.x }, [rows, linear.fanIn]);
  rec.dispatch(linear_backward_weight, {
    grid: [ceilDiv(linear.fanIn, 64), ceilDiv(linear.fanOut, 64), 1],
    dims: {
      fan_in4: ceilDiv(linear.fanIn, 4),
      fan_out: linear.fanOut,
      d_weight: linear.weight / 4,
      d_bias: (linear.bias ?? 0) / 4,
      has_bias: Number(linear.bias !== null),
    },
    buffers: io,
    note: `Linear ${linear.fanIn}→${linear.fanOut}`,
    work: productWork(linear.fanOut, linear.fanIn, rows),
  });
}
