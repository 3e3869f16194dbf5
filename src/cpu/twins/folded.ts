import { rowStride } from "../../gpu/buffer_spec.ts";
import { floatsOf, wordsOf } from "./layout.ts";
import { productForward } from "./products.ts";
import type { Floats, TwinCall } from "./twin.ts";

/** u32 fields of one TableColumn: word, shift_bits, first, width. */
const TABLE_FIELDS = 4;

/** The twin of shaders/linear_forward.wgsl and of shaders/linear_forward_row.wgsl: y = y_range(relu(x · weightᵀ + bias)). */
export function linearForward(call: TwinCall): void {
  const y = floatsOf(call, "y");
  productForward(call, y, 0);
  finishRows(call, y, 0);
}

/** The twin of shaders/ready_rows_forward.wgsl. */
export function readyRowsForward(call: TwinCall): void {
  const { step, dims } = call;
  const params = floatsOf(call, "params");
  const ready = floatsOf(call, "ready");
  const tables = wordsOf(call, "tables");
  const codes = wordsOf(call, "codes");
  const continuous = floatsOf(call, "continuous");
  const kept = floatsOf(call, "kept");
  const y = floatsOf(call, "y");
  const { fan_out, n_tables, n_kept, n_continuous } = dims;
  const stride = rowStride(fan_out);
  for (let row = 0; row < step.rows; row++) {
    const source = step.row_start + row;
    const sums = new Float64Array(stride);
    let w = 4 * dims.weight;
    const addProduct = (x: number) => {
      for (let j = 0; j < fan_out; j++) sums[j] += x * params[w + j];
      w += stride;
    };
    for (let t = 0; t < n_tables + n_kept; t++) {
      const [word, shiftBits, first, width] = tables.subarray(TABLE_FIELDS * t);
      const bits = shiftBits >>> 8;
      const code = (codes[source * dims.words + word] << (32 - bits - (shiftBits & 255))) >>> (32 - bits);
      if (t < n_tables) {
        for (let j = 0; j < fan_out; j++) sums[j] += ready[(first + code) * stride + j];
      } else {
        for (let d = 0; d < width; d++) addProduct(kept[first + code * width + d]);
      }
    }
    for (let k = 0; k < n_continuous; k++) addProduct(continuous[source * n_continuous + k]);
    y.set(sums, (step.output_row + row) * stride);
  }
  finishRows(call, y, step.output_row * stride);
}

/** Bias, ReLU and y_range on the step's rows of y, which begin at `first`; not on their padding. */
function finishRows(call: TwinCall, y: Floats, first: number): void {
  const { dims, step } = call;
  const params = floatsOf(call, "params");
  const stride = rowStride(dims.fan_out);
  for (let row = 0; row < step.rows; row++) {
    for (let j = 0; j < dims.fan_out; j++) {
      const at = first + row * stride + j;
      y[at] += params[4 * dims.bias + j];
      if (dims.has_relu !== 0) y[at] = Math.max(y[at], 0);
      if (dims.has_y_range !== 0) y[at] = dims.low + (dims.high - dims.low) / (1 + Math.exp(-y[at]));
    }
  }
}
