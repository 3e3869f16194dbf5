import { ready_rows_forward } from "../generated/kernels/ready_rows_forward.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { ceilDiv, type Recorder } from "../scheduler/recorder.ts";
import { describeLinear, type FoldedTensors, finishDims } from "./linear_forward.ts";
import { checkMatrix, checkShape } from "./shapes.ts";
import type { TableBuffers } from "./tensors.ts";

/**
 * The first layer of a folded model, from the resident table's rows step.row_start … to its activations: a ready row per
 * table column, the product of what stays to be multiplied, the bias. Without tables and with a column's embedding kept
 * it makes that column's ready rows.
 * Shapes: tables [n_tables + n_kept, 4], ready [its rows, fan_out] → y [all rows, fan_out], `rows` of them from the
 * step's output_row on.
 */
export function readyRowsForward(
  rec: Recorder,
  linear: FoldedTensors,
  io: { params: BufferSpec; ready: BufferSpec; tables: BufferSpec; y: BufferSpec },
  table: Pick<TableBuffers, "codes" | "words" | "continuous">,
  input: { rows: number; nTables: number; nKept: number },
): void {
  const { rows, nTables, nKept } = input;
  const { fanOut } = linear;
  const [, nContinuous] = table.continuous.shape;
  checkMatrix("ready_rows_forward", { y: io.y }, [io.y.shape[0], fanOut]);
  checkMatrix("ready_rows_forward", { ready: io.ready }, [io.ready.shape[0], fanOut]);
  checkShape("ready_rows_forward", { tables: io.tables }, [nTables + nKept, 4]);
  rec.dispatch(ready_rows_forward, {
    grid: [ceilDiv(rows, 16), ceilDiv(fanOut, 128), 1],
    dims: {
      words: table.words,
      n_continuous: nContinuous,
      n_tables: nTables,
      n_kept: nKept,
      weight: linear.weight / 4,
      ...finishDims(linear),
    },
    buffers: { ...io, kept: io.params, codes: table.codes, continuous: table.continuous },
    work: {
      flops: rows * fanOut * (nTables + 2 * linear.fanIn),
      bytes: 4 * (rows * (table.words + nContinuous + fanOut) + (io.ready.shape[0] + linear.fanIn) * fanOut),
    },
    note: `${nTables} ready rows + ${describeLinear(linear)}`,
  });
}
