import { SEGMENT_FIELDS } from "./input.ts";
import { floatsOf, wordsOf } from "./layout.ts";
import type { TwinCall } from "./twin.ts";

/** u32 fields of one Work: embedding, elements, first, width, first_column, first_row, category. */
const WORK_FIELDS = 7;
/** Elements of a part of an embedding, at most: the unit of Work. */
const PART_ELEMENTS = 256;

/** The gradients of embeddings and bn_cont, then Adam with decoupled weight decay over the arena, its front decaying. */
export function adamStep(call: TwinCall): void {
  for (let item = 0; item < call.dims.embedding_parts; item++) embeddingGradients(call, item);
  if (call.dims.bn_cont4 > 0) continuousGradients(call);

  const { dims, step } = call;
  const grads = floatsOf(call, "grads");
  const params = floatsOf(call, "params");
  const moments1 = floatsOf(call, "moments1");
  const moments2 = floatsOf(call, "moments2");
  const { mom, sqr_mom, eps } = step;
  for (const [begin, end] of ownedRanges(call)) {
    for (let i = begin; i < end; i++) {
      const g = grads[i];
      const m = mom * moments1[i] + (1 - mom) * g;
      const v = sqr_mom * moments2[i] + (1 - sqr_mom) * g * g;
      moments1[i] = m;
      moments2[i] = v;
      const decayed = i < 4 * dims.decay_end4 ? params[i] * step.decay : params[i];
      const denominator = Math.sqrt(v * step.sqr_mom_correction) + eps;
      params[i] = decayed - (step.lr * step.mom_correction * m) / denominator;
    }
  }
}

/** Every element of an embedding adds d_x over the rows of the batch that have its code. */
function embeddingGradients(call: TwinCall, item: number): void {
  const { step, dims } = call;
  const groups = wordsOf(call, "groups");
  const dX = floatsOf(call, "d_x");
  const grads = floatsOf(call, "grads");
  const work = wordsOf(call, "work").subarray(WORK_FIELDS * item);
  const [embedding, elements, first, width, firstColumn, firstRow, category] = work;
  const end = Math.min(4 * first + PART_ELEMENTS, 4 * Math.ceil(elements / 4));
  for (let element = 4 * first; element < end; element++) {
    const d = element % width;
    const segment = SEGMENT_FIELDS * (firstRow + (element - d) / width);
    let sum = 0;
    if (element < elements && groups[segment] === step.tick) {
      const begin = dims.grouped + category * dims.capacity + groups[segment + 1];
      const behind = begin + groups[segment + 2];
      for (let i = begin; i < behind; i++) sum += dX[groups[i] * dims.stride + firstColumn + d];
    }
    grads[4 * embedding + element] = sum;
  }
}

function continuousGradients(call: TwinCall): void {
  const { step, dims } = call;
  const dX = floatsOf(call, "d_x");
  const kept = floatsOf(call, "kept");
  const grads = floatsOf(call, "grads");
  for (let c = 0; c < 4 * Math.ceil(dims.n_continuous / 4); c++) {
    let beta = 0;
    let gamma = 0;
    for (let row = 0; row < step.rows && c < dims.n_continuous; row++) {
      const d = dX[row * dims.stride + dims.first_continuous + c];
      beta += d;
      gamma += d * kept[dims.x_hat + c * dims.capacity + row];
    }
    grads[4 * (dims.gamma + dims.bn_cont4) + c] = beta;
    grads[4 * dims.gamma + c] = gamma;
  }
}

/** What of the arena is updated: what lies between embeddings, or behind bn_cont's tensors, is nobody's. */
function ownedRanges(call: TwinCall): [begin: number, end: number][] {
  const { dims } = call;
  const work = wordsOf(call, "work");
  const ranges: [number, number][] = [];
  for (let item = 0; item < dims.embedding_parts; item++) {
    const [embedding, elements, first] = work.subarray(WORK_FIELDS * item);
    const end = Math.min(4 * first + PART_ELEMENTS, 4 * Math.ceil(elements / 4));
    ranges.push([4 * (embedding + first), 4 * embedding + end]);
  }
  const [others, count] = [4 * dims.others, 4 * dims.count4];
  if (dims.bn_cont4 === 0) return [...ranges, [others, count]];
  const columns = 4 * Math.ceil(dims.n_continuous / 4);
  const gamma = 4 * dims.gamma;
  const beta = gamma + 4 * dims.bn_cont4;
  ranges.push([others, gamma], [gamma, gamma + columns], [beta, beta + columns]);
  return [...ranges, [beta + 4 * dims.bn_cont4, count]];
}
