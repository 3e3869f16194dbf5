import { ready_rows_forward } from "../generated/shaders.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { ceilDiv, type Recorder } from "../scheduler/recorder.ts";
import { describeLinear, type FoldedTensors, finishDims } from "./linear_forward.ts";
import { checkMatrix, checkShape } from "./shapes.ts";
import type { TableBuffers } from "./tensors.ts";

/**
 * The first layer of a folded model, from the resident table's rows step.row_start … to its activations: a ready row per
 * table column, the product of what stays to be multiplied, the bias.
 * Shapes: tables [n_tables + n_kept, 4], ready [its rows, fan_out] → y [rows, fan_out].
 */
export function readyRowsForward(
  rec: Recorder,
  linear: FoldedTensors,
  io: { params: BufferSpec; ready: BufferSpec; tables: BufferSpec; y: BufferSpec },
  table: TableBuffers,
  input: { nTables: number; nKept: number },
): void {
  const [rows] = io.y.shape;
  const { fanOut } = linear;
  const [, nContinuous] = table.continuous.shape;
  checkMatrix("ready_rows_forward", { y: io.y }, [rows, fanOut]);
  checkMatrix("ready_rows_forward", { ready: io.ready }, [io.ready.shape[0], fanOut]);
  checkShape("ready_rows_forward", { tables: io.tables }, [input.nTables + input.nKept, 4]);
  rec.dispatch(ready_rows_forward, {
    grid: [ceilDiv(rows, 16), ceilDiv(fanOut, 128), 1],
    dims: {
      words: table.words,
      n_continuous: nContinuous,
      n_tables: input.nTables,
      n_kept: input.nKept,
      weight: linear.weight / 4,
      ...finishDims(linear),
    },
    buffers: { ...io, codes: table.codes, continuous: table.continuous },
    note: `${input.nTables} ready rows + ${describeLinear(linear)}`,
  });
}
