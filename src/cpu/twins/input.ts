import { rowStride } from "../../gpu/buffer_spec.ts";
import { dropoutKeys, dropRow, floatsOf, wordsOf } from "./layout.ts";
import type { TwinCall } from "./twin.ts";

/** u32 fields of one InputColumn: word, shift_bits, embedding, width, d, category. */
const COLUMN_FIELDS = 6;

/** The twin of shaders/input_forward.wgsl. */
export function inputForward(call: TwinCall): void {
  const { step, dims } = call;
  const params = floatsOf(call, "params");
  const running = floatsOf(call, "running");
  const columns = wordsOf(call, "columns");
  const codes = wordsOf(call, "codes");
  const continuous = floatsOf(call, "continuous");
  const rowIndex = wordsOf(call, "row_index");
  const x = floatsOf(call, "x");
  const batchCodes = wordsOf(call, "batch_codes");
  const { width, n_continuous, capacity } = dims;
  const stride = rowStride(width + n_continuous);
  const dropout = dropoutKeys(call);
  for (let row = 0; row < step.rows; row++) {
    const source = rowIndex[step.row_start + row];
    const at = row * stride;
    for (let j = 0; j < width; j++) {
      const field = COLUMN_FIELDS * j;
      const word = codes[source * dims.words + columns[field]];
      const shift = columns[field + 1] & 255;
      const bits = columns[field + 1] >>> 8;
      const code = (word << (32 - bits - shift)) >>> (32 - bits);
      const d = columns[field + 4];
      if (d === 0 && dims.keep_codes !== 0) batchCodes[columns[field + 5] * capacity + row] = code;
      x[at + j] = params[columns[field + 2] + code * columns[field + 3] + d];
    }
    dropRow(x, at, width, dropout);
    x.fill(0, at + width + n_continuous, at + stride);
    if (dims.continuous_mode === 0) continue; // continuous_forward_train writes them
    for (let c = 0; c < n_continuous; c++) {
      let value = continuous[source * n_continuous + c];
      if (dims.continuous_mode === 2) {
        const scale = params[dims.gamma + c] / Math.sqrt(running[dims.running_var + c] + dims.eps);
        value = (value - running[dims.running_mean + c]) * scale + params[dims.beta + c];
      }
      x[at + width + c] = value;
    }
  }
}
