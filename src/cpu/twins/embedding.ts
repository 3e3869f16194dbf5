import { floatsOf, wordsOf } from "./layout.ts";
import type { TwinCall } from "./twin.ts";

/** u32 fields of one Segment: tick, start, count. */
const SEGMENT_FIELDS = 3;
/** u32 fields of one Table: embedding, elements, width, first_column, first_row. */
const TABLE_FIELDS = 5;

/**
 * The twin of shaders/embedding_group_codes.wgsl. Segments of codes that the batch does not have stay what they were;
 * their tick tells.
 */
export function embeddingGroupCodes(call: TwinCall): void {
  const { step, dims, grid } = call;
  const { rows } = step;
  const firstRows = wordsOf(call, "first_rows");
  const codes = wordsOf(call, "batch_codes");
  const grouped = wordsOf(call, "grouped");
  const segments = wordsOf(call, "segments");
  const keys = new Float64Array(rows);
  for (let column = 0; column < grid[1]; column++) {
    const base = column * dims.capacity;
    // One number to sort by, code first, then row: below 2⁵³, so exact, for batches of up to 2²¹ rows.
    for (let row = 0; row < rows; row++) keys[row] = codes[base + row] * rows + row;
    keys.sort();
    let segment = -1;
    let current = -1;
    for (let place = 0; place < rows; place++) {
      const row = keys[place] % rows;
      const code = codes[base + row];
      grouped[base + place] = row;
      if (code !== current) {
        current = code;
        segment = SEGMENT_FIELDS * (firstRows[column] + code);
        segments[segment] = step.tick;
        segments[segment + 1] = place;
        segments[segment + 2] = 0;
      }
      segments[segment + 2]++;
    }
  }
}

/** The twin of shaders/embedding_backward.wgsl. */
export function embeddingBackward(call: TwinCall): void {
  const { step, dims, overrides } = call;
  const tables = wordsOf(call, "tables");
  const work = wordsOf(call, "work");
  const dX = floatsOf(call, "d_x");
  const grouped = wordsOf(call, "grouped");
  const segments = wordsOf(call, "segments");
  const grads = floatsOf(call, "grads");
  for (let item = 0; item < dims.workgroups; item++) {
    const column = work[2 * item];
    const first = work[2 * item + 1];
    const [embedding, elements, width, firstColumn, firstRow] = tables.subarray(TABLE_FIELDS * column);
    const end = Math.min(first + overrides.THREADS, elements);
    for (let element = first; element < end; element++) {
      const d = element % width;
      const segment = SEGMENT_FIELDS * (firstRow + (element - d) / width);
      let sum = 0;
      if (segments[segment] === step.tick) {
        const begin = column * dims.capacity + segments[segment + 1];
        const behind = begin + segments[segment + 2];
        for (let i = begin; i < behind; i++) sum += dX[grouped[i] * dims.stride + firstColumn + d];
      }
      grads[embedding + element] = sum;
    }
  }
}
