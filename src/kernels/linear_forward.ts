import { linear_forward } from "../generated/kernels/linear_forward.ts";
import { linear_forward_row } from "../generated/kernels/linear_forward_row.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { ceilDiv, foldGrid, type Recorder } from "../scheduler/recorder.ts";
import { checkMatrix, productWork } from "./shapes.ts";

/** A folded Linear and where its tensors begin among the folded parameters; floats, multiples of 4. */
export interface FoldedTensors {
  readonly fanIn: number;
  readonly fanOut: number;
  readonly weight: number;
  readonly bias: number;
  readonly relu: boolean;
  readonly yRange: readonly [number, number] | null;
}

/** Batches of so few rows have no use for blocks of several rows. */
const FEW_ROWS = 2;

/**
 * A folded Linear: relu and y_range may be off.
 * Shapes: x [rows, fan_in] → y [rows, fan_out].
 */
export function linearForward(
  rec: Recorder,
  linear: FoldedTensors,
  io: { params: BufferSpec; x: BufferSpec; y: BufferSpec },
): void {
  const [rows] = io.x.shape;
  if (rows <= FEW_ROWS) {
    linearForwardRow(rec, linear, io);
    return;
  }
  const { fanOut } = linear;
  const { dims, ...call } = callOf("linear_forward", linear, io);
  const narrow = rec.variant === "wide" ? { columns: 16, rows: 256 } : { columns: 8, rows: 512 }; // of a workgroup
  const isNarrow = fanOut <= narrow.columns;
  rec.dispatch(linear_forward, {
    ...call,
    dims: { ...dims, is_narrow: Number(isNarrow) },
    staged: !isNarrow,
    grid: isNarrow ? [1, ceilDiv(rows, narrow.rows), 1] : [ceilDiv(fanOut, 64), ceilDiv(rows, 64), 1],
  });
}

/** The same, row by row: for few rows, or for few columns on adapters that pay for every load. */
export function linearForwardRow(
  rec: Recorder,
  linear: FoldedTensors,
  io: { params: BufferSpec; x: BufferSpec; y: BufferSpec },
): void {
  const call = callOf("linear_forward_row", linear, io);
  rec.dispatch(linear_forward_row, {
    ...call,
    grid: foldGrid(ceilDiv(io.x.shape[0] * ceilDiv(linear.fanOut, 4), 16)),
  });
}

/** What both kernels are called with, but for the grid. */
function callOf(
  kernel: string,
  linear: FoldedTensors,
  io: { params: BufferSpec; x: BufferSpec; y: BufferSpec },
) {
  const [rows] = io.x.shape;
  const { fanIn, fanOut } = linear;
  checkMatrix(kernel, { x: io.x }, [rows, fanIn]);
  checkMatrix(kernel, { y: io.y }, [rows, fanOut]);
  return {
    dims: { fan_in4: ceilDiv(fanIn, 4), weight: linear.weight / 4, ...finishDims(linear) },
    buffers: io,
    note: describeLinear(linear),
    work: productWork(rows, fanOut, fanIn),
  };
}

/** What all kernels of the folded model are told of a layer's end. */
export function finishDims({ fanOut, bias, relu, yRange }: FoldedTensors) {
  return {
    fan_out: fanOut,
    bias: bias / 4,
    has_relu: Number(relu),
    has_y_range: Number(yRange !== null),
    low: yRange?.[0] ?? 0,
    high: yRange?.[1] ?? 1,
  };
}

/** The layer in a few words, for recordings. */
export function describeLinear({ fanIn, fanOut, relu, yRange }: FoldedTensors): string {
  const parts = [`Linear ${fanIn}→${fanOut}`];
  if (relu) parts.push("ReLU");
  if (yRange) parts.push(`y_range ${yRange[0]}…${yRange[1]}`);
  return parts.join(" ");
}
