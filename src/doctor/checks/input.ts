import { keepDecisions } from "../../cpu/ops/dropout_bits.ts";
import { resident, rowStride } from "../../gpu/buffer_spec.ts";
import { type ContinuousMode, inputForward } from "../../kernels/input.ts";
import { BATCHNORM_EPS } from "../../model/config.ts";
import { Random } from "../../random.ts";
import { U } from "../bounds.ts";
import { CaseArena } from "../case_arena.ts";
import { caseBatch } from "../case_batch.ts";
import { CaseBuffers, type KernelCase, stepOf, titleOf } from "../kernel_case.ts";
import { checkOf } from "../kernel_check.ts";
import { randomCodes, randomFloats } from "../random_arrays.ts";

type CodeBits = 8 | 16 | 32;

export interface InputForwardSize {
  rows: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  /** `[num_embeddings, embedding_dim]` per categorical column. */
  sizes: readonly (readonly [number, number])[];
  /** Bits of each column's code in its packed word. */
  bits?: readonly CodeBits[];
  continuous: number;
  mode?: ContinuousMode;
  dropout?: number;
  keepCodes?: boolean;
}

export function inputForwardCase(size: InputForwardSize): KernelCase {
  const { rows, sizes, continuous, capacity = rows, mode = "copy", dropout = 0, keepCodes = true } = size;
  const random = new Random(20);
  const batch = caseBatch(2 * rows + 5, 3, rows);
  const { tableRows } = batch;
  const codes = randomCodes(random, sizes, tableRows);
  const values = randomFloats(random, tableRows * continuous);
  const weights = sizes.map(([n, d]) => randomFloats(random, n * d));
  const [gamma, beta, mean] = [1, 2, 3].map(() => randomFloats(random, continuous));
  const variance = randomFloats(random, continuous).map((v, i) => (i % 3 === 0 ? 0 : v * v));

  const arena = new CaseArena();
  const runningArena = new CaseArena();
  const offsets = weights.map((weight) => arena.table(weight));
  const batchNorm =
    mode === "running"
      ? {
          gamma: arena.vector(gamma),
          beta: arena.vector(beta),
          runningMean: runningArena.vector(mean),
          runningVar: runningArena.vector(variance),
        }
      : null;
  const { places, words } = codePlaces(size.bits ?? sizes.map(() => 8));
  const packed = new Uint32Array(tableRows * words);
  codes.forEach((code, i) => {
    const { word, shift } = places[i % sizes.length];
    packed[Math.floor(i / sizes.length) * words + word] |= code << shift;
  });
  const width = sizes.reduce((sum, [, d]) => sum + d, 0);
  const inputs = width + continuous;
  const key = { layer: 0, number: 21, seed: 99 };

  const buffers = new CaseBuffers();
  const io = {
    params: buffers.input("params", arena.floats),
    running: buffers.input("running", runningArena.floats),
    columns: buffers.input("columns", inputColumns(sizes, places, offsets), [width, 6]),
    x: buffers.outputMatrix("x", capacity, inputs),
    batch_codes: buffers.outputMatrix("batch_codes", sizes.length, capacity),
  };
  const table = {
    codes: buffers.input("codes", packed, [tableRows, words]),
    words,
    continuous: buffers.input("continuous", values, [tableRows, continuous]),
    targets: resident("unused", [1]),
    rowIndex: buffers.input("row_index", batch.rowIndex),
  };
  const input = { width, nContinuous: continuous, mode, batchNorm, eps: BATCHNORM_EPS, dropout };
  return buffers.case(
    titleOf(size),
    (rec) => inputForward(rec, io, table, { ...input, layer: key.layer, keepCodes }),
    stepOf({ rows, row_start: batch.rowStart, number: key.number, seed: key.seed }),
    (exact) => {
      const stride = rowStride(inputs);
      const keep = keepDecisions(rows, width, dropout, key, stride);
      const x = new Float64Array(exact.x.length); // copies are exact
      for (let row = 0; row < rows; row++) {
        for (let j = 0; dropout > 0 && j < width; j++) {
          const at = row * stride + j;
          x[at] = keep[row * width + j] ? 2 * U * Math.abs(exact.x[at]) : 0;
        }
        for (let c = 0; mode === "running" && c < continuous; c++) {
          const value = values[batch.sources[row] * continuous + c];
          const scale = Math.abs(gamma[c]) / Math.sqrt(variance[c] + BATCHNORM_EPS);
          x[row * stride + width + c] = 8 * U * (scale * Math.abs(value - mean[c]) + Math.abs(beta[c]));
        }
      }
      return { x };
    },
  );
}

/** Where a column's code sits in a packed row. */
interface CodePlace {
  readonly word: number;
  readonly shift: number;
  readonly bits: CodeBits;
}

/** Columns in order, no code across two words. */
function codePlaces(bits: readonly CodeBits[]): { words: number; places: CodePlace[] } {
  let next = 0;
  const places = bits.map((n) => {
    if ((next % 32) + n > 32) next = 32 * Math.ceil(next / 32);
    const place = { word: Math.floor(next / 32), shift: next % 32, bits: n };
    next += n;
    return place;
  });
  return { words: Math.ceil(next / 32), places };
}

/** The `columns` buffer: word, shift + 256 · bits, embedding, width, d, category of each column. */
function inputColumns(
  sizes: InputForwardSize["sizes"],
  places: readonly CodePlace[],
  offsets: readonly number[],
): Uint32Array {
  return Uint32Array.from(
    sizes.flatMap(([, width], category) => {
      const { word, shift, bits } = places[category];
      const column = (d: number) => [word, shift + 256 * bits, offsets[category], width, d, category];
      return Array.from({ length: width }, (_, d) => column(d)).flat();
    }),
  );
}

const THREE = [
  [5, 4],
  [3, 2],
  [200, 1],
] as const;

export const inputForwardCheck = checkOf("input_forward", inputForwardCase, [
  { rows: 1, sizes: THREE, continuous: 2 },
  { rows: 9, sizes: [], continuous: 5, mode: "running" },
  { rows: 65, sizes: THREE, continuous: 0 },
  {
    rows: 13,
    sizes: [
      [256, 1],
      [700, 2],
      [300, 1],
      [256, 65],
    ],
    bits: [8, 32, 16, 8],
    continuous: 1,
  },
  { rows: 9, capacity: 12, sizes: THREE, continuous: 4, mode: "skip" },
  { rows: 65, sizes: THREE, continuous: 3, dropout: 0.5, mode: "running" },
  { rows: 9, sizes: THREE, continuous: 2, keepCodes: false },
]);
