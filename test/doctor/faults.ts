/** A change to a kernel's WGSL, as generated (without comments and indentation), that makes it wrong. */
export interface Fault {
  readonly kernel: string;
  readonly from: string;
  readonly to: string;
  /** Where the variant wide has no such text, or does not mind. */
  readonly narrowOnly?: boolean;
  /** The same fault in the variant wide, where that has another text. */
  readonly wide?: { readonly from: string; readonly to: string };
}

const fault = (kernel: string, from: string, to: string, wide?: Fault["wide"]): Fault => ({
  kernel,
  from,
  to,
  wide,
});
const narrowFault = (kernel: string, from: string, to: string): Fault => ({
  ...fault(kernel, from, to),
  narrowOnly: true,
});

/** The kernels that add over a workgroup. */
const SUMMING = [
  "input_forward_train",
  "lin_bn_drop_forward_train",
  "mse",
  "cross_entropy",
  "bce_with_logits",
  "lin_bn_drop_backward",
];

/** The kernels whose blocks of products `emit_tile` hands on row by row. */
const EMITTING = [
  "lin_bn_drop_forward_train",
  "lin_bn_drop_forward_eval",
  "lin_bn_drop_backward",
  "input_backward",
  "linear_forward",
];

/**
 * Faults in rounds: in each, several kernels are broken at once, each in one way, and the others are left right.
 *
 * The doctor on SwiftShader, which runs four invocations in lockstep, shows every one of these. What it does not show,
 * found by planting it alone:
 * - the last barrier of a sum left out, where one invocation goes on to write the memory another still reads
 *   (input_forward_train, which sums twice): a race that is never lost here;
 * - the sigmoid's clamp left out: e^−z overflows, which WGSL leaves undefined, to the infinity that gives the right 0.
 * Changes that leave the result right no device can show: reading past the end what is then dropped or multiplied by 0
 * (the `min` and `select` that hold indices inside a buffer), and writing the same value more than once.
 */
export const FAULT_ROUNDS: Readonly<Record<string, readonly Fault[]>> = {
  "no barriers in sums": SUMMING.map((kernel) => fault(kernel, "workgroupBarrier();", "")),

  "no barrier between the levels of a sum": SUMMING.map((kernel) =>
    fault(kernel, "}\nworkgroupBarrier();\n}", "}\n}"),
  ),

  "no barrier between a product and what goes on with it": [
    fault("lin_bn_drop_forward_train", "storageBarrier();", ""),
    fault("lin_bn_drop_backward", "storageBarrier();", ""),
  ],

  "no guards at the end of the rows": [
    fault("input_forward", "row >= step.rows ||", ""),
    fault("input_forward_train", "min(first + dims.gather_rows, step.rows)", "(first + dims.gather_rows)"),
    ...EMITTING.map((kernel) =>
      fault(kernel, "min(8u, row_end - min(row, row_end))", "8u", {
        from: "if (at < row_end) {",
        to: "if (true) {",
      }),
    ),
    fault("linear_backward_weight", "row < rows; row++", "row + 1u < rows; row++"),
    fault("ready_rows_forward", "2u * min(4u, rows - row)", "8u"),
    fault("linear_forward_row", "if (row >= step.rows) {\nreturn;\n}", ""),
  ],

  "no guards at the end of the columns, of a table, of a grid": [
    fault("input_forward_train", "if (x4 >= stride4) {\nreturn;\n}", ""),
    fault("lin_bn_drop_forward_train", "if (column4 < stride4) {\nvar z", "if (true) {\nvar z"),
    fault("lin_bn_drop_forward_eval", "if (column4 >= stride4) {\nreturn;\n}", ""),
    fault("linear_backward_weight", "if (k4 < dims.fan_in4) {", "if (true) {"),
    fault("lin_bn_drop_backward", "select(rows, thread / COLUMNS4, column4 < stride4)", "thread / COLUMNS4"),
    fault("input_backward", "min(4u, rows - row)", "4u"),
    fault("adam_step", "group.y * all.x + group.x", "group.x"),
  ],

  "padding that is not written": [
    fault("input_forward", "x[4u * at + lane] = 0.0;", ""),
    fault("input_forward_train", "x[4u * at + lane] = 0.0;", ""),
    fault(
      "lin_bn_drop_forward_train",
      "select(vec4f(), max(r[at] + bias, vec4f(least)), real)",
      "max(r[at] + bias, vec4f(least))",
    ),
    fault(
      "lin_bn_drop_forward_eval",
      "return select(vec4f(), v, vec4u(4u * column4) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.fan_out));",
      "return v;",
    ),
    fault("mse", "d_logits[at] = 0.0;", ""),
    fault("cross_entropy", "d_logits[base + j] = 0.0;", ""),
    fault("bce_with_logits", "d_logits[at] = 0.0;", ""),
    fault(
      "adam_step",
      "return select(vec4f(), sum, vec4u(4u * c4) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.n_continuous));",
      "return sum;",
    ),
    ...["ready_rows_forward", "linear_forward", "linear_forward_row"].map((kernel) =>
      fault(
        kernel,
        "return select(vec4f(), v, vec4u(4u * column4) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.fan_out));",
        "return v;",
      ),
    ),
  ],

  "signs and constants": [
    fault("input_forward_train", "n / (n - 1.0)", "1.0"),
    fault("lin_bn_drop_forward_train", "variance + dims.eps", "variance"),
    fault("mse", "2.0 * difference", "1.99999 * difference"),
    fault("cross_entropy", "select(0.0, 1.0, j == label)", "select(0.0, 0.99999, j == label)"),
    fault("bce_with_logits", "log(1.0 +", "log(1.00001 +"),
    fault("lin_bn_drop_backward", "d - mean_d -", "d + mean_d -"),
    fault("input_backward", "+ u32(codes.y == codes.z)", ""),
    fault("adam_step", "1.0 - hyper.sqr_mom", "0.01001"),
  ],

  "what is left out": [
    fault("lin_bn_drop_forward_train", "dims.has_bias != 0u", "false"),
    fault("lin_bn_drop_forward_eval", "if (dims.has_relu != 0u) {", "if (false) {"),
    fault("input_forward_train", " * keep[lane]", ""),
    fault("linear_backward_weight", "grads[dims.d_bias + n4] = sum;", ""),
    fault("cross_entropy", "max(logits[base + j] - largest, -80.0)", "logits[base + j]"),
    fault("input_backward", "select(vec4f(3.0e38), kept[base4 + other4], exists)", "kept[base4 + other4]"),
    fault("lin_bn_drop_backward", "d_r[at] * dropout_factors(at, dropout);", "d_r[at];"),
    fault("adam_step", "+ hyper.eps", ""),
    fault("ready_rows_forward", "w += stride4;", ""),
    fault("linear_forward", "if (dims.has_relu != 0u) {", "if (false) {"),
    fault("linear_forward_row", "fma(vec4f(v.w), vec4f(a.w, b.w, c.w, d.w), third)", "third", {
      from: "dot(d, v)",
      to: "dot(d.xyz, v.xyz)",
    }),
  ],

  "places and keys": [
    fault("input_forward", "column.shift_bits & 255u", "column.shift_bits & 16u"),
    fault("input_forward_train", "step.row_start + row", "row"),
    fault("lin_bn_drop_forward_train", "step.seed", "0u"),
    fault("lin_bn_drop_forward_eval", "dims.to_output != 0u", "true"),
    fault("mse", "step.loss_slot", "0u"),
    fault("input_backward", "select(vec4f(1.0), keep, is_dropped)", "keep"),
    fault("lin_bn_drop_backward", "activation <= vec4f()", "activation < vec4f()"),
    fault("linear_backward_weight", "dims.d_weight + n *", "n *"),
    fault("adam_step", "+ groups[segment + 1u];", ";"),
    fault("ready_rows_forward", "step.row_start +", ""),
    fault("linear_forward", "thread / beside", "thread / 8u"),
    fault("linear_forward_row", "dims.weight + columns", "columns"),
  ],

  "what earlier steps left, and which columns": [
    fault("input_forward_train", "column.category * dims.capacity", "0u"),
    fault("input_backward", "others < vec4f(codes.x)", "others <= vec4f(codes.x)"),
    fault("adam_step", "groups[segment] == step.tick", "true"),
  ],

  "slices of a sum that do not add up, of a weight and a bias that are taken for each other": [
    narrowFault("lin_bn_drop_forward_train", "turn > 0u", "false"),
    narrowFault("lin_bn_drop_forward_eval", "turn > 0u", "false"),
    narrowFault("lin_bn_drop_backward", "n4 += SLICES", "n4 += SLICES + 1u"),
    narrowFault("input_backward", "turn > 0u", "false"),
    fault("adam_step", "select(vec4f(1.0), x, of_weight)", "x"),
  ],

  "a table's last row, a weight decay without an end": [
    fault("input_backward", "u32(codes[lane])", "u32(codes.x)"),
    fault("adam_step", "i < hyper.decay_end4", "true"),
  ],
};

/** Faults of the variant staged: no other variant has their text. */
export const STAGED_FAULTS: readonly Fault[] = [
  fault("linear_forward", "min(SLAB, 4u * (end - first))", "SLAB"),
  fault("lin_bn_drop_forward_eval", "workgroupBarrier();\nvar u", "var u"),
  fault("input_backward", "p += 16u;\n}\nworkgroupBarrier();", "p += 16u;\n}"),
  fault("linear_backward_weight", "min(SLAB, rows - first)", "SLAB"),
];

/** Faults of the variant wide: no other variant has their text. */
export const WIDE_FAULTS: readonly Fault[] = [
  fault("linear_forward", "quadSwapDiagonal(d)", "quadSwapX(d)"),
  fault("lin_bn_drop_forward_eval", "dot(w, rows.d3)", "dot(w, rows.d2)"),
  fault("input_backward", "i ^ flip", "i"),
  fault("linear_backward_weight", "row < next", "true"),
];
