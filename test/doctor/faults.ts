/** A change to a kernel's WGSL, as generated (without comments and indentation), that makes it wrong. */
export interface Fault {
  readonly kernel: string;
  readonly from: string;
  readonly to: string;
}

const fault = (kernel: string, from: string, to: string): Fault => ({ kernel, from, to });

/** The kernels that add over a workgroup. */
const SUMMING = [
  "continuous_forward_train",
  "lin_bn_drop_forward_train",
  "mse",
  "cross_entropy",
  "bce_with_logits",
  "lin_bn_drop_backward",
  "continuous_backward",
];

/**
 * Faults in rounds: in each, several kernels are broken at once, each in one way, and the others are left right.
 *
 * The doctor on SwiftShader, which runs four invocations in lockstep, shows every one of these. What it does not show,
 * found by planting it alone:
 * - the last barrier of a sum left out, where one invocation goes on to write the memory another still reads
 *   (continuous_backward, which sums twice): a race that is never lost here;
 * - the sigmoid's clamp left out: e^−z overflows, which WGSL leaves undefined, to the infinity that gives the right 0.
 * Changes that leave the result right no device can show: reading past the end what is then dropped or multiplied by 0
 * (the `min` and `select` that hold indices inside a buffer), and writing the same value more than once.
 */
export const FAULT_ROUNDS: Readonly<Record<string, readonly Fault[]>> = {
  "no barriers in sums": SUMMING.map((kernel) => fault(kernel, "workgroupBarrier();", "")),

  "no barrier between the levels of a sum": SUMMING.map((kernel) =>
    fault(kernel, "}\nworkgroupBarrier();\n}", "}\n}"),
  ),

  "no guards at the end of the rows": [
    fault("input_forward", "row >= step.rows ||", ""),
    fault("lin_bn_drop_forward_train", "if (row >= rows) {\nreturn Columns();\n}", ""),
    fault("lin_bn_drop_forward_eval", "if (row >= rows) {\nreturn;\n}", ""),
    fault("linear_backward_weight", "row < rows; row++", "row + 1u < rows; row++"),
    fault(
      "linear_backward_input",
      "if (row >= rows || column4 >= dims.fan_in4) {\nreturn;\n}\nlet at",
      "let at",
    ),
    fault("lin_bn_drop_backward", "min(row + 8u, rows)", "(row + 8u)"),
    fault("embedding_group_codes", "if (row >= rows) {\nreturn;\n}", ""),
    fault("ready_rows_forward", "min(4u, rows - row)", "4u"),
    fault("linear_forward", "min(8u, row_end - min(row, row_end))", "8u"),
    fault("linear_forward_row", "row >= step.rows ||", ""),
  ],

  "no guards at the end of the columns, of a table, of a grid": [
    fault("lin_bn_drop_forward_train", "if (both) {", "if (true) {"),
    fault("linear_backward_weight", "if (n >= dims.fan_out) {\nreturn;\n}", ""),
    fault("lin_bn_drop_backward", "if (both) {", "if (true) {"),
    fault("embedding_backward", "element >= table.elements", "false"),
    fault("adam_step", "id.y * groups.x * 64u + id.x", "id.x"),
  ],

  "padding that is not written": [
    fault("input_forward", "x[4u * at + lane] = 0.0;", ""),
    fault(
      "lin_bn_drop_forward_eval",
      "return select(vec4f(), v, vec4u(4u * column4) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.fan_out));",
      "return v;",
    ),
    fault("mse", "d_logits[at] = 0.0;", ""),
    fault("cross_entropy", "d_logits[base + j] = 0.0;", ""),
    fault("bce_with_logits", "d_logits[at] = 0.0;", ""),
    ...["ready_rows_forward", "linear_forward", "linear_forward_row"].map((kernel) =>
      fault(
        kernel,
        "return select(vec4f(), v, vec4u(4u * column4) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.fan_out));",
        "return v;",
      ),
    ),
  ],

  "signs and constants": [
    fault("continuous_forward_train", "n / (n - 1.0)", "1.0"),
    fault("lin_bn_drop_forward_train", "variance.a + dims.eps", "variance.a"),
    fault("mse", "2.0 * difference", "1.99999 * difference"),
    fault("cross_entropy", "select(0.0, 1.0, j == label)", "select(0.0, 0.99999, j == label)"),
    fault("bce_with_logits", "log(1.0 +", "log(1.00001 +"),
    fault("continuous_backward", "d_gamma += d * x_hat", "d_gamma -= d * x_hat"),
    fault("lin_bn_drop_backward", "- mean_d.a -", "+ mean_d.a -"),
    fault("adam_step", "1.0 - step.sqr_mom", "0.01001"),
  ],

  "what is left out": [
    fault("lin_bn_drop_forward_train", "if (dims.has_bias != 0u) {", "if (false) {"),
    fault("lin_bn_drop_forward_eval", "if (dims.has_relu != 0u) {", "if (false) {"),
    fault("linear_backward_weight", "grads[dims.d_bias + n_a] = a;", ""),
    fault("cross_entropy", "max(logits[base + j] - largest, -80.0)", "logits[base + j]"),
    fault("embedding_group_codes", "& exists;\nsmaller4", ";\nsmaller4"),
    fault("adam_step", "+ step.eps", ""),
    fault("ready_rows_forward", "w += stride4;\n}\n}\nlet c", "}\n}\nlet c"),
    fault("linear_forward", "if (dims.has_relu != 0u) {", "if (false) {"),
    fault("linear_forward_row", "sums = fma(vec4f(v.w), vec4f(a.w, b.w, c.w, d.w), sums);", ""),
  ],

  "places and keys": [
    fault("input_forward", "column.shift_bits & 255u", "column.shift_bits & 16u"),
    fault("continuous_forward_train", "step.row_start + row", "row"),
    fault("lin_bn_drop_forward_train", "step.seed", "0u"),
    fault("lin_bn_drop_forward_eval", "8u * id.y", "7u * id.y"),
    fault("mse", "step.loss_slot", "0u"),
    fault("linear_backward_input", "select(vec4f(1.0), keep, is_dropped)", "keep"),
    fault("lin_bn_drop_backward", "r_a <= vec4f()", "r_a < vec4f()"),
    fault("embedding_group_codes", "others < vec4u(code)", "others <= vec4u(code)"),
    fault("embedding_backward", "+ segment.start;", ";"),
    fault("ready_rows_forward", "step.row_start +", ""),
    fault("linear_forward", "thread / beside", "thread / 8u"),
    fault("linear_forward_row", "dims.weight + columns", "columns"),
  ],
};
