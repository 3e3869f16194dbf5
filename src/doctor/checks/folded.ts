import { resident, rowStride } from "../../gpu/buffer_spec.ts";
import { type FoldedTensors, linearForward, linearForwardRow } from "../../kernels/linear_forward.ts";
import { readyRowsForward } from "../../kernels/ready_rows.ts";
import { codeLayout, packCodes } from "../../model/packed_codes.ts";
import { Random } from "../../random.ts";
import { stepOf } from "../../scheduler/step_of.ts";
import { boundsOfRows, magnitudes, productMagnitudes, U } from "../bounds.ts";
import { CaseArena } from "../case_arena.ts";
import { CaseBuffers, type KernelCase, titleOf } from "../kernel_case.ts";
import { checkOf } from "../kernel_check.ts";
import { randomCodes, randomFloats } from "../random_arrays.ts";

export interface LinearForwardSize {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  fanIn: number;
  fanOut: number;
  relu?: boolean;
  yRange?: readonly [number, number];
  /** How wide the weights are: large ones drive the sigmoid into its flat ends. */
  weightScale?: number;
}

/** Of linear_forward, where the capacity is 2 rows at most of linear_forward_row. */
export function linearForwardCase(size: LinearForwardSize): KernelCase {
  return caseOf(linearForward, size);
}

export function linearForwardRowCase(size: LinearForwardSize): KernelCase {
  return caseOf(linearForwardRow, size);
}

function caseOf(room: typeof linearForward, size: LinearForwardSize): KernelCase {
  const { rows, fanIn, fanOut, capacity = rows, relu = false, yRange = null } = size;
  const random = new Random(31);
  const x = randomFloats(random, rows * fanIn);
  const weight = randomFloats(random, fanOut * fanIn, size.weightScale ?? 1 / Math.sqrt(fanIn));
  const bias = randomFloats(random, fanOut);
  const arena = new CaseArena();
  const linear: FoldedTensors = {
    fanIn,
    fanOut,
    weight: arena.matrix(weight, fanIn),
    bias: arena.vector(bias),
    relu,
    yRange,
  };
  const buffers = new CaseBuffers();
  const io = {
    params: buffers.input("params", arena.floats),
    x: buffers.inputMatrix("x", capacity, fanIn, x),
    y: buffers.outputMatrix("y", capacity, fanOut),
  };
  return buffers.case(
    titleOf(size),
    (rec) => room(rec, linear, io),
    // Neither of the two must matter: x and y begin with the batch.
    stepOf({ rows, row_start: 5, output_row: 3 }),
    (exact) => {
      const sums = productMagnitudes(x, weight, bias, rows, fanIn, fanOut);
      const dense = finishedBounds(sums, fanIn + 1, yRange);
      return { y: boundsOfRows(exact.y.length, { at: 0, dense, width: fanOut }) };
    },
  );
}

export interface ReadyRowsSize {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  /** Codes of each column that has a table of ready rows. */
  tables: readonly number[];
  /** `[num_embeddings, embedding_dim]` of each column that stays an embedding. */
  kept?: readonly (readonly [number, number])[];
  continuous: number;
  fanOut: number;
  relu?: boolean;
  yRange?: readonly [number, number];
  outputRow?: number;
}

export function readyRowsCase(size: ReadyRowsSize): KernelCase {
  const { rows, tables, kept = [], continuous, fanOut, relu = false, yRange = null } = size;
  const { capacity = rows, outputRow = 0 } = size;
  const random = new Random(32);
  const rowStart = 3;
  const tableRows = rowStart + rows + 2;
  const sizes = [...tables.map((n) => [n, 1] as const), ...kept];
  const cardinalities = sizes.map(([n]) => n);
  const codes = randomCodes(random, sizes, tableRows);
  const values = randomFloats(random, tableRows * continuous);
  const ready = tables.map((n) => randomFloats(random, n * fanOut));
  const embeddings = kept.map(([n, d]) => randomFloats(random, n * d));
  const fanIn = kept.reduce((sum, [, d]) => sum + d, 0) + continuous;
  const weight = randomFloats(random, fanIn * fanOut);
  const bias = randomFloats(random, fanOut);

  const arena = new CaseArena();
  const linear: FoldedTensors = {
    fanIn,
    fanOut,
    weight: arena.matrix(weight, fanOut),
    bias: arena.vector(bias),
    relu,
    yRange,
  };
  const offsets = embeddings.map((embedding) => arena.table(embedding));
  const layout = codeLayout(cardinalities);
  let firstRow = 0;
  const columns = sizes.flatMap(([n, d], t) => {
    const { word, shift, bits } = layout.places[t];
    const first = t < tables.length ? firstRow : offsets[t - tables.length];
    firstRow += n;
    return [word, shift + 256 * bits, first, d];
  });
  const buffers = new CaseBuffers();
  const readyCount = tables.reduce((sum, n) => sum + n, 0);
  const io = {
    params: buffers.input("params", arena.floats),
    ready: buffers.inputMatrix("ready", readyCount, fanOut, Float32Array.from(ready.flatMap((t) => [...t]))),
    tables: buffers.input("tables", Uint32Array.from(columns), [sizes.length, 4]),
    y: buffers.outputMatrix("y", outputRow + capacity, fanOut),
  };
  const table = {
    codes: buffers.input("codes", packCodes(codes, tableRows, layout), [tableRows, layout.words]),
    words: layout.words,
    continuous: buffers.input("continuous", values, [tableRows, continuous]),
    targets: resident("unused", [1]),
    rowIndex: resident("unused", [1]),
  };
  return buffers.case(
    titleOf(size),
    (rec) =>
      readyRowsForward(rec, linear, io, table, {
        rows: capacity,
        nTables: tables.length,
        nKept: kept.length,
      }),
    stepOf({ rows, row_start: rowStart, output_row: outputRow }),
    (exact) => {
      const sums = new Float64Array(rows * fanOut);
      for (let i = 0; i < sums.length; i++) {
        const [row, j] = [Math.floor(i / fanOut), i % fanOut];
        const codeOf = (t: number) => codes[(rowStart + row) * sizes.length + t];
        const x = kept.flatMap(([, d], e) => {
          const at = codeOf(tables.length + e) * d;
          return [...embeddings[e].subarray(at, at + d)];
        });
        const from = (rowStart + row) * continuous;
        x.push(...values.subarray(from, from + continuous));
        sums[i] = Math.abs(bias[j]);
        ready.forEach((rowsOf, t) => {
          sums[i] += Math.abs(rowsOf[codeOf(t) * fanOut + j]);
        });
        magnitudes(x).forEach((value, k) => {
          sums[i] += value * Math.abs(weight[k * fanOut + j]);
        });
      }
      const dense = finishedBounds(sums, tables.length + fanIn + 1, yRange);
      const at = outputRow * rowStride(fanOut);
      return { y: boundsOfRows(exact.y.length, { at, dense, width: fanOut }) };
    },
  );
}

/** The headers' bound of `terms` terms whose magnitudes add up to `sums`, through y_range where there is one. */
function finishedBounds(sums: Float64Array, terms: number, yRange: readonly [number, number] | null) {
  const products = sums.map((sum) => terms * U * sum);
  if (!yRange) return products;
  const span = yRange[1] - yRange[0];
  return products.map((error) => span * (error / 4 + 8 * U) + U * Math.abs(yRange[0]));
}

export const linearForwardCheck = checkOf("linear_forward", linearForwardCase, [
  { rows: 3, fanIn: 1, fanOut: 1 },
  { rows: 17, fanIn: 7, fanOut: 17, relu: true },
  { rows: 65, fanIn: 65, fanOut: 66 },
  { rows: 513, fanIn: 5, fanOut: 3, yRange: [-5, 10.8], weightScale: 20 },
  { rows: 9, capacity: 20, fanIn: 5, fanOut: 7 },
]);

export const linearForwardRowCheck = checkOf("linear_forward_row", linearForwardRowCase, [
  { rows: 1, fanIn: 1, fanOut: 1 },
  { rows: 2, fanIn: 7, fanOut: 66, relu: true },
  { rows: 1, fanIn: 65, fanOut: 9, yRange: [-5, 10.8], weightScale: 20 },
  { rows: 1, capacity: 2, fanIn: 5, fanOut: 7 },
  { rows: 67, capacity: 80, fanIn: 65, fanOut: 3 },
]);

export const readyRowsForwardCheck = checkOf("ready_rows_forward", readyRowsCase, [
  { rows: 1, tables: [3], continuous: 0, fanOut: 1 },
  { rows: 9, tables: [], continuous: 5, fanOut: 9, relu: true },
  {
    rows: 18,
    tables: [5, 300, 2],
    kept: [
      [200, 3],
      [4, 1],
    ],
    continuous: 2,
    fanOut: 133,
  },
  { rows: 5, tables: [7, 2], continuous: 1, fanOut: 3, yRange: [-5, 10.8] },
  { rows: 9, capacity: 20, tables: [4], kept: [[9, 5]], continuous: 0, fanOut: 66, outputRow: 11 },
]);
