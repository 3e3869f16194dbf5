import { lin_bn_drop_backward } from "../generated/kernels/lin_bn_drop_backward.ts";
import { lin_bn_drop_forward_eval } from "../generated/kernels/lin_bn_drop_forward_eval.ts";
import { lin_bn_drop_forward_train } from "../generated/kernels/lin_bn_drop_forward_train.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { ceilDiv, type Recorder } from "../scheduler/recorder.ts";
import { dropoutDims } from "./dropout.ts";
import { checkMatrix, columnOwners, productWork, slicesOfBlocks } from "./shapes.ts";
import type { LinBnDropTensors, LinearTensors } from "./tensors.ts";

/**
 * One hidden block in training: r = relu(x · weightᵀ + bias), y = dropout(batchnorm(r)) with batch statistics, which
 * also move the running ones by `momentum` (the share of the new value).
 * Shapes: x [rows, fan_in] → r, y [rows, fan_out]; saved [2, fan_out] holds mean and 1/√(var + eps).
 */
export function linBnDropForwardTrain(
  rec: Recorder,
  block: LinBnDropTensors,
  io: {
    params: BufferSpec;
    running: BufferSpec;
    x: BufferSpec;
    r: BufferSpec;
    y: BufferSpec;
    saved: BufferSpec;
  },
  constants: { eps: number; momentum: number },
): void {
  const [rows] = io.x.shape;
  const { fanIn, fanOut } = block;
  checkMatrix("lin_bn_drop_forward_train", { x: io.x }, [rows, fanIn]);
  checkMatrix("lin_bn_drop_forward_train", { r: io.r, y: io.y }, [rows, fanOut]);
  checkMatrix("lin_bn_drop_forward_train", { saved: io.saved }, [2, fanOut]);
  const { grid, overrides } = columnOwners(rows, fanOut, fanIn, rec);
  rec.dispatch(lin_bn_drop_forward_train, {
    grid,
    dims: {
      ...forwardDims(block),
      layer: block.layer,
      ...dropoutDims(block.dropout),
      ...constants,
    },
    buffers: io,
    overrides,
    note: describeBlock(block),
    work: productWork(rows, fanOut, fanIn, rows * fanOut),
  });
}

/**
 * A block with running statistics and without dropout, or, with neither ReLU nor BatchNorm, the head. `yRange` squashes
 * the result into (low, high). With `toOutput` y is a larger matrix, written from the step's output_row on.
 * Shapes: x [rows, fan_in] → y [rows, fan_out].
 */
export function linBnDropForwardEval(
  rec: Recorder,
  block: LinBnDropTensors,
  io: { params: BufferSpec; running: BufferSpec; x: BufferSpec; y: BufferSpec },
  options: { eps: number; yRange: readonly [number, number] | null; toOutput: boolean },
): void {
  const [rows] = io.x.shape;
  const { fanIn, fanOut } = block;
  checkMatrix("lin_bn_drop_forward_eval", { x: io.x }, [rows, fanIn]);
  checkMatrix("lin_bn_drop_forward_eval", { y: io.y }, [options.toOutput ? io.y.shape[0] : rows, fanOut]);
  const slices = slicesOfBlocks(rows, fanOut, fanIn, rec);
  rec.dispatch(lin_bn_drop_forward_eval, {
    grid: [ceilDiv(fanOut * slices, 64), ceilDiv(rows, 64), 1],
    overrides: { SLICES: slices },
    dims: {
      ...forwardDims(block),
      has_y_range: Number(options.yRange !== null),
      low: options.yRange?.[0] ?? 0,
      high: options.yRange?.[1] ?? 1,
      eps: options.eps,
      to_output: Number(options.toOutput),
    },
    buffers: io,
    note: describeBlock({ ...block, dropout: 0 }),
    work: productWork(rows, fanOut, fanIn),
  });
}

/**
 * Back through one block: d_z is the gradient at the next Linear's output, d_r becomes the gradient at this block's
 * Linear's output. Without `next` d_z is the gradient at this block's own output (BatchNorm after the last Linear).
 * Shapes: d_z [rows, next.fan_out] → d_r [rows, fan_out]; gradients of BatchNorm's weight and bias go to the arena.
 */
export function linBnDropBackward(
  rec: Recorder,
  block: LinBnDropTensors,
  next: LinearTensors | null,
  io: {
    params: BufferSpec;
    d_z: BufferSpec;
    r: BufferSpec;
    saved: BufferSpec;
    d_r: BufferSpec;
    grads: BufferSpec;
  },
): void {
  const [rows] = io.d_z.shape;
  const { fanOut, batchNorm } = block;
  checkMatrix("lin_bn_drop_backward", { d_z: io.d_z }, [rows, next?.fanOut ?? fanOut]);
  checkMatrix("lin_bn_drop_backward", { r: io.r, d_r: io.d_r }, [rows, fanOut]);
  checkMatrix("lin_bn_drop_backward", { saved: io.saved }, [2, fanOut]);
  const { grid, overrides } = columnOwners(rows, fanOut, next?.fanOut ?? 0, rec);
  rec.dispatch(lin_bn_drop_backward, {
    grid,
    dims: {
      fan_in4: ceilDiv(fanOut, 4),
      fan_out: next?.fanOut ?? 0,
      weight: (next?.weight ?? 0) / 4,
      gamma: (batchNorm?.gamma ?? 0) / 4,
      d_gamma: (batchNorm?.gamma ?? 0) / 4,
      d_beta: (batchNorm?.beta ?? 0) / 4,
      has_relu: Number(block.relu),
      has_batch_norm: Number(batchNorm !== null),
      layer: block.layer,
      ...dropoutDims(block.dropout),
    },
    buffers: io,
    overrides,
    note: describeBlock(block),
    work: productWork(rows, fanOut, next?.fanOut ?? 0, rows * fanOut),
  });
}

/** What both forward kernels need to know of a block; offsets in vec4. */
function forwardDims({ fanIn, fanOut, weight, bias, relu, batchNorm }: LinBnDropTensors) {
  return {
    fan_in4: ceilDiv(fanIn, 4),
    fan_out: fanOut,
    weight: weight / 4,
    bias: (bias ?? 0) / 4,
    gamma: (batchNorm?.gamma ?? 0) / 4,
    beta: (batchNorm?.beta ?? 0) / 4,
    running_mean: (batchNorm?.runningMean ?? 0) / 4,
    running_var: (batchNorm?.runningVar ?? 0) / 4,
    has_bias: Number(bias !== null),
    has_relu: Number(relu),
    has_batch_norm: Number(batchNorm !== null),
  };
}

function describeBlock(block: LinBnDropTensors): string {
  const parts = [`Linear ${block.fanIn}→${block.fanOut}`];
  if (block.relu) parts.push("ReLU");
  if (block.batchNorm) parts.push("BatchNorm");
  if (block.dropout > 0) parts.push(`Dropout ${block.dropout}`);
  return parts.join(" ");
}
