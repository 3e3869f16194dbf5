import { groupCodes } from "../../cpu/ops/group_codes.ts";
import { rowStride } from "../../gpu/buffer_spec.ts";
import { adamStep, EMBEDDING_PART_ELEMENTS } from "../../kernels/adam.ts";
import { groupsLength } from "../../kernels/input.ts";
import { Random } from "../../random.ts";
import type { Grid } from "../../scheduler/recording.ts";
import { stepOf } from "../../scheduler/step_of.ts";
import { U } from "../bounds.ts";
import { CaseArena } from "../case_arena.ts";
import { firstRowsOf, segmentsOf } from "../case_groups.ts";
import type { EmbeddingSizes } from "../case_table.ts";
import { CaseBuffers, type KernelCase, onGrid, titleOf } from "../kernel_case.ts";
import { checkOf } from "../kernel_check.ts";
import { randomFloats } from "../random_arrays.ts";

export interface AdamSize {
  /** Parameters behind the embeddings whose gradients are there already; a multiple of 4. */
  count: number;
  /** Floats at the front of the arena that decay. */
  decayEnd: number;
  /** Steps taken before. */
  t?: number;
  eps?: number;
  wd?: number;
  gradient?: (random: Random, i: number) => number;
  /** Rows of the batch. */
  rows?: number;
  /** Rows the buffers hold; the step has fewer. */
  capacity?: number;
  sizes?: EmbeddingSizes;
  /** The code of all rows, instead of random ones. */
  onlyCode?: number;
  /** Columns of d_x behind the embeddings. */
  continuous?: number;
  /** Whether they have a bn_cont. */
  batchNorm?: boolean;
  /** Instead of the grid that the kernel's room computes. */
  grid?: Grid;
}

/** Below f32's smallest normal number a result may be flushed to 0. */
const TINY = 2 ** -126;

/** A gradient that the kernel makes itself: exactly, and how far it may be off (G of the header). */
interface OwnGradient {
  readonly at: number;
  readonly bound: number;
}

export function adamStepCase(size: AdamSize): KernelCase {
  const { count, decayEnd, t = 0, rows = 1, sizes = [], continuous = 0, batchNorm = false } = size;
  const random = new Random(19);
  const batch = inputGradient(random, { ...size, rows, capacity: size.capacity ?? rows, sizes, continuous });

  // Embeddings, half of the others, bn_cont, the rest of the others. Between them NaN, which is nobody's.
  const arena = new CaseArena();
  const floatsLike = (n: number) => randomFloats(random, n);
  const offsets = sizes.map(([n, d]) => arena.vector(floatsLike(n * d)));
  const embeddingEnd = arena.floats.length;
  const half = 4 * Math.floor(count / 8);
  const bnCont = batchNorm ? 64 * Math.ceil(continuous / 64) : 0;
  const gamma = embeddingEnd + half;
  const beta = gamma + bnCont;
  const params = new Float32Array(embeddingEnd + count + 2 * bnCont).fill(Number.NaN);
  params.set(arena.floats);
  for (let i = embeddingEnd; i < params.length; i++) {
    if (i < gamma || i >= beta + bnCont) params[i] = random.normal();
  }
  for (const at of batchNorm ? [gamma, beta] : []) {
    params.fill(0, at, at + rowStride(continuous));
    params.set(floatsLike(continuous), at);
  }

  const hasGradient = (i: number) => i >= embeddingEnd && (i < gamma || i >= beta + bnCont);
  const grads = Float32Array.from(params, (_, i) =>
    hasGradient(i) ? (size.gradient?.(random, i) ?? random.normal()) : Number.NaN,
  );
  const isParameter = params.map((p) => (Number.isNaN(p) ? Number.NaN : 1));
  const started = t === 0 ? 0 : 1;
  const moments1 = isParameter.map((one) => one * started * 0.1 * random.normal());
  // Away from 0, where the update would jump with the gradient's last digits.
  const moments2 = isParameter.map((one) => one * started * (0.25 + random.normal() ** 2));

  const [lr, mom, sqrMom, eps, wd] = [1e-2, 0.95, 0.99, size.eps ?? 1e-5, size.wd ?? 0.2].map(Math.fround);
  const step = stepOf({
    rows,
    tick: TICK,
    lr,
    decay: 1 - lr * wd,
    mom,
    sqr_mom: sqrMom,
    eps,
    mom_correction: 1 / (1 - mom ** (t + 1)),
    sqr_mom_correction: 1 / (1 - sqrMom ** (t + 1)),
  });

  const work: number[] = [];
  sizes.forEach(([n, d], category) => {
    const { firstColumns, firstRows } = batch;
    for (let e = 0; e < n * d; e += EMBEDDING_PART_ELEMENTS) {
      work.push(
        offsets[category] / 4,
        n * d,
        e / 4,
        d,
        firstColumns[category],
        firstRows[category],
        category,
      );
    }
  });
  const buffers = new CaseBuffers();
  const io = {
    params: buffers.input("params", params),
    grads: buffers.input("grads", grads),
    moments1: buffers.input("moments1", moments1),
    moments2: buffers.input("moments2", moments2),
    work: buffers.input("work", Uint32Array.from(work), [work.length / 7, 7]),
    ...batch.upload(buffers),
  };
  const own = {
    embeddingParts: work.length / 7,
    embeddingEnd,
    embeddingRows: sizes.reduce((sum, [n]) => sum + n, 0),
    nCategorical: sizes.length,
    nContinuous: continuous,
    batchNorm: batchNorm ? { gamma, beta, runningMean: 0, runningVar: 0 } : null,
    width: sizes.reduce((sum, [, d]) => sum + d, 0),
  };
  const kernelCase = buffers.case(
    titleOf(size),
    (rec) => adamStep(rec, io, own, batch.capacity, decayEnd),
    step,
    (exact) => {
      const onGrads = new Float64Array(params.length);
      const placed = [...batch.onEmbeddings(offsets), ...(batchNorm ? batch.onBnCont(gamma, beta) : [])];
      for (const { at, bound } of placed) onGrads[at] = bound;
      const onMoments1 = new Float64Array(params.length);
      const onMoments2 = new Float64Array(params.length);
      const onParams = new Float64Array(params.length);
      for (let i = 0; i < params.length; i++) {
        if (Number.isNaN(params[i])) continue;
        const g = Math.abs(exact.grads[i]);
        const off = onGrads[i];
        const m = mom * Math.abs(moments1[i]) + (1 - mom) * g;
        const v = exact.moments2[i];
        onMoments1[i] = 4 * U * m + (1 - mom) * off + TINY;
        onMoments2[i] = 4 * U * v + (1 - sqrMom) * (2 * g + off) * off + TINY;
        const denominator = Math.sqrt(v * step.sqr_mom_correction) + eps;
        const rate = lr * step.mom_correction;
        // √v is the length of a vector whose one part the gradient is: it moves by no more than that part does.
        const onDenominator = Math.sqrt((1 - sqrMom) * step.sqr_mom_correction) * off;
        const least = Math.max(eps, denominator - onDenominator);
        const fromGradient = (rate * ((1 - mom) * off + (m * onDenominator) / denominator)) / least;
        const rounding = (16 * U * rate * m) / denominator;
        onParams[i] = rounding + fromGradient + 3 * U * Math.abs(params[i]) + TINY;
      }
      return { grads: onGrads, moments1: onMoments1, moments2: onMoments2, params: onParams };
    },
  );
  return onGrid(kernelCase, size.grid);
}

/** The step's tick; segments of an earlier one must not count. */
const TICK = 5;

/** What a batch leaves of the gradient at the input, and how far the gradients that come of it may be off. */
function inputGradient(
  random: Random,
  size: Required<Pick<AdamSize, "rows" | "capacity" | "sizes" | "continuous">> & AdamSize,
) {
  const { rows, capacity, sizes, continuous, onlyCode } = size;
  const width = sizes.reduce((sum, [, d]) => sum + d, 0);
  const inputs = width + continuous;
  const dX = randomFloats(random, rows * inputs);
  const xHat = randomFloats(random, rows * continuous);
  const codes = sizes.map(([n]) => Array.from({ length: rows }, () => onlyCode ?? random.below(n)));
  const firstColumns = sizes.map((_, c) => sizes.slice(0, c).reduce((sum, [, d]) => sum + d, 0));
  const firstRows = firstRowsOf(sizes.map(([n]) => n));
  const embeddingRows = sizes.reduce((sum, [n]) => sum + n, 0);

  return {
    capacity,
    firstColumns,
    firstRows,

    upload(buffers: CaseBuffers) {
      const stride = rowStride(capacity);
      const groups = new Uint32Array(groupsLength(embeddingRows, sizes.length, capacity)).fill(0xffffffff);
      codes.forEach((ofColumn, c) => {
        const sorted = groupCodes(ofColumn);
        groups.set(segmentsOf(sizes[c][0], sorted, TICK), 3 * firstRows[c]);
        groups.set(sorted.grouped, 3 * embeddingRows + c * stride);
      });
      // Codes are no business of adam_step's: NaN; x̂ behind them.
      const kept = new Float32Array((sizes.length + continuous) * capacity).fill(Number.NaN);
      xHat.forEach((value, i) => {
        kept[(sizes.length + (i % continuous)) * capacity + Math.floor(i / continuous)] = value;
      });
      return {
        d_x: buffers.inputMatrix("d_x", capacity, inputs, dX),
        kept: buffers.inputMatrix("kept", sizes.length + continuous, capacity, kept),
        groups: buffers.input("groups", groups),
      };
    },

    onEmbeddings(offsets: readonly number[]): OwnGradient[] {
      return sizes.flatMap(([n, d], c) => {
        const terms = new Uint32Array(n);
        const sums = new Float64Array(n * d);
        codes[c].forEach((code, row) => {
          terms[code]++;
          for (let j = 0; j < d; j++) sums[code * d + j] += Math.abs(dX[row * inputs + firstColumns[c] + j]);
        });
        return Array.from(sums, (sum, i) => ({
          at: offsets[c] + i,
          bound: terms[Math.floor(i / d)] * U * sum, // 0 where no row has the code
        }));
      });
    },

    onBnCont(gamma: number, beta: number): OwnGradient[] {
      const bounds = [new Float64Array(continuous), new Float64Array(continuous)];
      xHat.forEach((value, i) => {
        const c = i % continuous;
        const d = Math.abs(dX[Math.floor(i / continuous) * inputs + width + c]);
        bounds[0][c] += rows * U * d * Math.abs(value);
        bounds[1][c] += rows * U * d;
      });
      return [gamma, beta].flatMap((offset, which) =>
        Array.from(bounds[which], (bound, c) => ({ at: offset + c, bound })),
      );
    },
  };
}

export const adamStepCheck = checkOf("adam_step", adamStepCase, [
  { count: 4, decayEnd: 4 },
  { count: 260, decayEnd: 64, t: 100 },
  { count: 1500, decayEnd: 128, t: 3, grid: [2, 12, 1] },
  { count: 64, decayEnd: 32, t: 7, gradient: () => 0 },
  { count: 64, decayEnd: 0, gradient: (_: Random, i: number) => (i % 2 ? 1e15 : -1e10) },
  { count: 8, decayEnd: 64, t: 2, rows: 1, sizes: [[5, 4]] },
  {
    count: 132,
    decayEnd: 256,
    t: 4,
    rows: 127,
    sizes: [
      [5, 4],
      [3, 1],
      [40, 3],
    ],
    continuous: 5,
    batchNorm: true,
  },
  { count: 8, decayEnd: 100, t: 1, rows: 33, sizes: [[7, 65]] },
  { count: 8, decayEnd: 0, t: 3, rows: 257, sizes: [[3, 5]], onlyCode: 1, continuous: 70, batchNorm: true },
  {
    count: 40,
    decayEnd: 64,
    t: 9,
    rows: 65,
    capacity: 100,
    sizes: [
      [7, 3],
      [2, 2],
    ],
    continuous: 2,
    batchNorm: true,
  },
  { count: 40, decayEnd: 8, t: 6, rows: 65, capacity: 100, continuous: 4, batchNorm: true },
]);
