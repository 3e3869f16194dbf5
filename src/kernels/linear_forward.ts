import { linear_forward, linear_forward_row, linear_forward_wide } from "../generated/shaders.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { ceilDiv, type Recorder } from "../scheduler/recorder.ts";
import { checkMatrix } from "./shapes.ts";

/** A folded Linear and where its tensors begin among the folded parameters; floats, multiples of 4. */
export interface FoldedTensors {
  readonly fanIn: number;
  readonly fanOut: number;
  readonly weight: number;
  readonly bias: number;
  readonly relu: boolean;
  readonly yRange: readonly [number, number] | null;
}

/**
 * Which kernel multiplies. "row": no tile, for a row or two. "tile": 8 by 8 sums an invocation. "wide": 16 by 16, for
 * software adapters, which have no registers to run out of and pay for every load.
 */
export type LinearVariant = "row" | "tile" | "wide";

/** Layers up to this wide have one tile beside each other: a workgroup's invocations then all lie below each other. */
const NARROW = 8;

/**
 * A folded Linear: relu and y_range may be off.
 * Shapes: x [rows, fan_in] → y [rows, fan_out].
 */
export function linearForward(
  rec: Recorder,
  linear: FoldedTensors,
  io: { params: BufferSpec; x: BufferSpec; y: BufferSpec },
  variant: LinearVariant,
): void {
  const [rows] = io.x.shape;
  const { fanIn, fanOut } = linear;
  checkMatrix("linear_forward", { x: io.x }, [rows, fanIn]);
  checkMatrix("linear_forward", { y: io.y }, [rows, fanOut]);
  const call = {
    dims: { fan_in4: ceilDiv(fanIn, 4), weight: linear.weight / 4, ...finishDims(linear) },
    buffers: io,
    note: describeLinear(linear),
  };
  if (variant === "row") {
    rec.dispatch(linear_forward_row, { ...call, grid: [ceilDiv(fanOut, 64), rows, 1] });
  } else if (variant === "wide" && fanOut > NARROW) {
    rec.dispatch(linear_forward_wide, { ...call, grid: [ceilDiv(fanOut, 64), ceilDiv(rows, 64), 1] });
  } else {
    const lanes = fanOut > NARROW ? 8 : 1;
    const overrides = { COLUMN_LANES: lanes };
    const grid = [ceilDiv(fanOut, 8 * lanes), ceilDiv(rows, 512 / lanes), 1] as const;
    rec.dispatch(linear_forward, { ...call, grid, overrides });
  }
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
