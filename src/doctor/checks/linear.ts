import { keepDecisions } from "../../cpu/ops/dropout_bits.ts";
import * as ops from "../../cpu/ops/ops.ts";
import { linearBackwardInput, linearBackwardWeight } from "../../kernels/linear.ts";
import { Random } from "../../random.ts";
import { boundsOfRows, magnitudes, times, U } from "../bounds.ts";
import { CaseArena } from "../case_arena.ts";
import { CaseBuffers, type KernelCase, stepOf, titleOf } from "../kernel_case.ts";
import { checkOf } from "../kernel_check.ts";
import { randomFloats } from "../random_arrays.ts";

interface Size {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  fanIn: number;
  fanOut: number;
}

export interface LinearBackwardInputSize extends Size {
  dropout?: number;
  /** Columns of the input that were dropped: the embeddings. */
  dropped?: number;
}

export function linearBackwardInputCase(size: LinearBackwardInputSize): KernelCase {
  const { rows, fanIn, fanOut, capacity = rows, dropout = 0, dropped = 0 } = size;
  const random = new Random(14);
  const dZ = randomFloats(random, rows * fanOut);
  const weight = randomFloats(random, fanOut * fanIn);
  const arena = new CaseArena();
  const linear = { fanIn, fanOut, weight: arena.matrix(weight, fanIn), bias: null };
  const key = { layer: 0, number: 4, seed: 123456789 };
  const buffers = new CaseBuffers();
  const io = {
    params: buffers.input("params", arena.floats),
    d_z: buffers.inputMatrix("d_z", capacity, fanOut, dZ),
    d_x: buffers.outputMatrix("d_x", capacity, fanIn),
  };
  const step = stepOf({ rows, number: key.number, seed: key.seed });
  const record = (rec: Parameters<typeof linearBackwardInput>[0]) =>
    linearBackwardInput(rec, linear, io, { p: dropout, layer: key.layer, dropped });
  return buffers.case(titleOf(size), record, step, ({ d_x }) => {
    const keep = ops.dropoutMask(keepDecisions(rows, fanIn, dropout, key), dropout);
    const factor = keep.map((k, i) => (i % fanIn < dropped ? k : 1));
    const sums = ops.linearBackwardInput(magnitudes(dZ), magnitudes(weight), rows, fanIn, fanOut);
    const bound = times(sums, factor).map((sum) => (fanOut + 2) * U * sum);
    return { d_x: boundsOfRows(d_x.length, { at: 0, dense: bound, width: fanIn }) };
  });
}

export interface LinearBackwardWeightSize extends Size {
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

export const linearBackwardInputCheck = checkOf("linear_backward_input", linearBackwardInputCase, [
  { rows: 1, fanIn: 1, fanOut: 1 },
  { rows: 9, fanIn: 7, fanOut: 9 },
  { rows: 64, fanIn: 64, fanOut: 3 },
  { rows: 65, fanIn: 65, fanOut: 13 },
  { rows: 9, capacity: 20, fanIn: 6, fanOut: 5 },
  { rows: 33, fanIn: 9, fanOut: 5, dropout: 0.4, dropped: 6 },
]);

export const linearBackwardWeightCheck = checkOf("linear_backward_weight", linearBackwardWeightCase, [
  { rows: 1, fanIn: 1, fanOut: 1, bias: true },
  { rows: 9, fanIn: 7, fanOut: 9, bias: true },
  { rows: 3, fanIn: 64, fanOut: 64 },
  { rows: 67, fanIn: 65, fanOut: 66, bias: true },
  { rows: 65, capacity: 130, fanIn: 6, fanOut: 7, bias: true },
]);
