import { continuous_backward, continuous_forward_train } from "../generated/shaders.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import type { Recorder } from "../scheduler/recorder.ts";
import { checkMatrix, checkShape } from "./shapes.ts";
import type { BatchNormTensors, TableBuffers } from "./tensors.ts";

/** Invocations per continuous column. */
const THREADS = 64;

/**
 * bn_cont in training: batch statistics, written behind the embeddings into x; moves the running statistics.
 * Shapes: → x [rows, width + n_continuous]; saved [2, n_continuous] holds mean and 1/√(var + eps).
 */
export function continuousForwardTrain(
  rec: Recorder,
  io: { params: BufferSpec; running: BufferSpec; saved: BufferSpec; x: BufferSpec },
  table: TableBuffers,
  input: { width: number; nContinuous: number; batchNorm: BatchNormTensors; eps: number; momentum: number },
): void {
  const { width, nContinuous, batchNorm } = input;
  checkMatrix("continuous_forward_train", { x: io.x }, [io.x.shape[0], width + nContinuous]);
  checkShape("continuous_forward_train", { saved: io.saved }, [2, nContinuous]);
  rec.dispatch(continuous_forward_train, {
    grid: [nContinuous, 1, 1],
    dims: {
      width,
      n_continuous: nContinuous,
      gamma: batchNorm.gamma,
      beta: batchNorm.beta,
      running_mean: batchNorm.runningMean,
      running_var: batchNorm.runningVar,
      eps: input.eps,
      momentum: input.momentum,
    },
    buffers: { ...io, continuous: table.continuous, row_index: table.rowIndex },
    overrides: { THREADS },
    note: "BatchNorm of the continuous columns",
  });
}

/** Gradients of bn_cont's weight and bias, into the gradient arena. Shapes: d_x [rows, width + n_continuous]. */
export function continuousBackward(
  rec: Recorder,
  io: { d_x: BufferSpec; saved: BufferSpec; grads: BufferSpec },
  table: TableBuffers,
  input: { width: number; nContinuous: number; batchNorm: BatchNormTensors },
): void {
  const { width, nContinuous, batchNorm } = input;
  checkMatrix("continuous_backward", { d_x: io.d_x }, [io.d_x.shape[0], width + nContinuous]);
  checkShape("continuous_backward", { saved: io.saved }, [2, nContinuous]);
  rec.dispatch(continuous_backward, {
    grid: [nContinuous, 1, 1],
    dims: { width, n_continuous: nContinuous, d_gamma: batchNorm.gamma, d_beta: batchNorm.beta },
    buffers: { ...io, continuous: table.continuous, row_index: table.rowIndex },
    overrides: { THREADS },
    note: "BatchNorm of the continuous columns",
  });
}
