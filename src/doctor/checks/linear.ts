import * as ops from "../../cpu/ops/ops.ts";
import { linearBackwardWeight } from "../../kernels/linear.ts";
import { Random } from "../../random.ts";
import { stepOf } from "../../scheduler/step_of.ts";
import { boundsOfRows, magnitudes, U } from "../bounds.ts";
import { CaseArena } from "../case_arena.ts";
import { CaseBuffers, type KernelCase, titleOf } from "../kernel_case.ts";
import { checkOf } from "../kernel_check.ts";
import { randomFloats } from "../random_arrays.ts";

export interface LinearBackwardWeightSize {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  fanIn: number;
  fanOut: number;
  bias?: boolean;
}

export function linearBackwardWeightCase(size: LinearBackwardWeightSize): KernelCase {
  const { rows, fanIn, fanOut, capacity = rows, bias = false } = size;
  const random = new Random(15);
  const dZ = randomFloats(random, rows * fanOut);
  const x = randomFloats(random, rows * fanIn);
  const arena = new CaseArena();
  const linear = {
    fanIn,
    fanOut,
    weight: arena.matrix(new Float32Array(fanOut * fanIn), fanIn),
    bias: bias ? arena.vector(new Float32Array(fanOut)) : null,
  };
  const buffers = new CaseBuffers();
  const io = {
    d_z: buffers.inputMatrix("d_z", capacity, fanOut, dZ),
    x: buffers.inputMatrix("x", capacity, fanIn, x),
    grads: buffers.output("grads", [arena.floats.length]),
  };
  const record = (rec: Parameters<typeof linearBackwardWeight>[0]) => linearBackwardWeight(rec, linear, io);
  return buffers.case(titleOf(size), record, stepOf({ rows }), ({ grads }) => {
    const sums = ops.linearBackwardWeight(magnitudes(dZ), magnitudes(x), rows, fanIn, fanOut);
    const columns = ops.linearBackwardBias(magnitudes(dZ), rows, fanOut);
    const weightBound = { at: linear.weight, dense: sums.map((sum) => rows * U * sum), width: fanIn };
    const biasBound = { at: linear.bias ?? 0, dense: columns.map((sum) => rows * U * sum), width: fanOut };
    return {
      grads: boundsOfRows(grads.length, weightBound, ...(linear.bias === null ? [] : [biasBound])),
    };
  });
}

export const linearBackwardWeightCheck = checkOf("linear_backward_weight", linearBackwardWeightCase, [
  { rows: 1, fanIn: 1, fanOut: 1, bias: true },
  { rows: 9, fanIn: 7, fanOut: 9, bias: true },
  { rows: 3, fanIn: 64, fanOut: 64 },
  { rows: 67, fanIn: 65, fanOut: 66, bias: true },
  { rows: 65, capacity: 130, fanIn: 6, fanOut: 7, bias: true },
]);
