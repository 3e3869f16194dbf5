import { rowStride } from "../../gpu/buffer_spec.ts";
import { dropoutKeys, dropRow, floatsOf, wordsOf } from "./layout.ts";
import { productBackward } from "./products.ts";
import type { Floats, TwinCall } from "./twin.ts";

/** u32 fields of one InputColumn: word, shift_bits, embedding, width, d, category. */
const COLUMN_FIELDS = 6;
/** u32 fields of one segment: tick, start, count. */
export const SEGMENT_FIELDS = 3;

/** The twin of shaders/input_forward.wgsl. */
export function inputForward(call: TwinCall): void {
  const { dims } = call;
  const params = floatsOf(call, "params");
  const running = floatsOf(call, "running");
  const x = floatsOf(call, "x");
  forRows(call, (source, _row, at) => {
    gatherRow(call, source, at, x, () => {});
    for (let c = 0; c < dims.n_continuous; c++) {
      let value = continuousOf(call, source, c);
      if (dims.has_batch_norm !== 0) {
        const scale = params[dims.gamma + c] / Math.sqrt(running[dims.running_var + c] + dims.eps);
        value = (value - running[dims.running_mean + c]) * scale + params[dims.beta + c];
      }
      x[at + dims.width + c] = value;
    }
  });
}

/** The twin of shaders/input_forward_train.wgsl. */
export function inputForwardTrain(call: TwinCall): void {
  const { dims } = call;
  const x = floatsOf(call, "x");
  const kept = floatsOf(call, "kept");
  const dropout = dropoutKeys(call);
  forRows(call, (source, row, at) => {
    gatherRow(call, source, at, x, (category, code) => {
      kept[category * dims.capacity + row] = code;
    });
    dropRow(x, at, dims.width, dropout);
    if (dims.has_batch_norm !== 0) return;
    for (let c = 0; c < dims.n_continuous; c++) x[at + dims.width + c] = continuousOf(call, source, c);
  });
  if (dims.has_batch_norm === 0) return;
  for (let c = 0; c < dims.n_continuous; c++) normaliseColumn(call, c, x, kept);
}

/** One continuous column through bn_cont with the batch's statistics, which move the running ones. */
function normaliseColumn(call: TwinCall, c: number, x: Floats, kept: Floats): void {
  const { step, dims } = call;
  const { rows } = step;
  const params = floatsOf(call, "params");
  const running = floatsOf(call, "running");
  const values = new Float64Array(rows);
  forRows(call, (source, row) => {
    values[row] = continuousOf(call, source, c);
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / rows;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
  const inverse = 1 / Math.sqrt(variance + dims.eps);
  const xHat = (dims.n_categorical + c) * dims.capacity;
  forRows(call, (_, row, at) => {
    const normalised = (values[row] - mean) * inverse;
    kept[xHat + row] = normalised;
    x[at + dims.width + c] = normalised * params[dims.gamma + c] + params[dims.beta + c];
  });
  const rm = dims.running_mean + c;
  const rv = dims.running_var + c;
  running[rm] += dims.momentum * (mean - running[rm]);
  running[rv] += dims.momentum * ((variance * rows) / (rows - 1) - running[rv]);
}

/** The twin of shaders/input_backward.wgsl. */
export function inputBackward(call: TwinCall): void {
  const { dims, step } = call;
  const dX = floatsOf(call, "d_x");
  productBackward(call, dX);
  const keys = dropoutKeys(call);
  for (let row = 0; row < step.rows; row++) dropRow(dX, row * 4 * dims.fan_in4, dims.dropped, keys);
  for (let category = 0; category < dims.n_categorical; category++) groupColumn(call, category);
}

/** A column's rows sorted by code. Segments of codes that the batch does not have stay what they were; their tick tells. */
function groupColumn(call: TwinCall, category: number): void {
  const { step, dims } = call;
  const { rows } = step;
  const codes = floatsOf(call, "kept").subarray(category * dims.capacity, category * dims.capacity + rows);
  const firstRow = wordsOf(call, "first_rows")[category];
  const groups = wordsOf(call, "groups");
  const base = dims.grouped + category * dims.capacity;
  // One number to sort by, code first, then row: below 2⁵³, so exact, for batches of up to 2²¹ rows.
  const keys = Float64Array.from(codes, (code, row) => code * rows + row).sort();
  let segment = -1;
  let current = -1;
  for (let place = 0; place < rows; place++) {
    const row = keys[place] % rows;
    const code = codes[row];
    groups[base + place] = row;
    if (code !== current) {
      current = code;
      segment = SEGMENT_FIELDS * (firstRow + code);
      groups[segment] = step.tick;
      groups[segment + 1] = place;
      groups[segment + 2] = 0;
    }
    groups[segment + 2]++;
  }
}

/** The rows of the batch: `source` is the row of the table, `at` where the row of x begins. */
function forRows(call: TwinCall, body: (source: number, row: number, at: number) => void): void {
  const { step, dims } = call;
  const rowIndex = wordsOf(call, "row_index");
  const stride = rowStride(dims.width + dims.n_continuous);
  for (let row = 0; row < step.rows; row++) body(rowIndex[step.row_start + row], row, row * stride);
}

/** The embeddings of one row, and the zeros behind its continuous columns. */
function gatherRow(
  call: TwinCall,
  source: number,
  at: number,
  x: Floats,
  onCode: (category: number, code: number) => void,
): void {
  const { dims } = call;
  const params = floatsOf(call, "params");
  const columns = wordsOf(call, "columns");
  const codes = wordsOf(call, "codes");
  for (let j = 0; j < dims.width; j++) {
    const field = COLUMN_FIELDS * j;
    const word = codes[source * dims.words + columns[field]];
    const shift = columns[field + 1] & 255;
    const bits = columns[field + 1] >>> 8;
    const code = (word << (32 - bits - shift)) >>> (32 - bits);
    const d = columns[field + 4];
    if (d === 0) onCode(columns[field + 5], code);
    x[at + j] = params[columns[field + 2] + code * columns[field + 3] + d];
  }
  const inputs = dims.width + dims.n_continuous;
  x.fill(0, at + inputs, at + rowStride(inputs));
}

function continuousOf(call: TwinCall, source: number, c: number): number {
  return floatsOf(call, "continuous")[source * call.dims.n_continuous + c];
}
