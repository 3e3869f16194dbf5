// lin_bn_drop_forward_eval: y = y_range(batchnorm(relu(x · weightᵀ + bias))) with running statistics; each of relu,
//   batchnorm and y_range may be off, so it is also the head, in training too. One workgroup owns 64 rows by
//   64 / SLICES columns.
// Shapes    x [rows, fan_in]  weight [fan_out, fan_in]  bias, gamma, beta, running_mean, running_var [fan_out]
//           y [rows, fan_out]; f32, row-major, rows padded with zeros to a multiple of 4
// Bindings  params and running: the arenas, tensors by offset (in vec4); y written from row step.output_row on where
//           dims.to_output is 1, else from row 0
// Dispatch  ceil(fan_out · SLICES / 64) × ceil(rows / 64) × 1
// Error     P = (fan_in + 1) · 2⁻²³ · (Σ|x·weight| + |bias|); with batchnorm P · |gamma|/√(running_var + eps) +
//           8 · 2⁻²³ · |gamma·x̂| + 2⁻²³ · |beta|; y_range makes (high − low) · (P / 4 + 8 · 2⁻²³) + 2⁻²³ · |low| of it
// Source    torch.nn.Linear, ReLU, BatchNorm1d.eval(), fastai SigmoidRange. Gradients: lin_bn_drop_backward, linear_backward_weight
// Parts     step, block, tile, eight, emit_tile, load_nt, share, slab, product_nt, sigmoid
// Variants  wide, staged
struct Dims {
  fan_in4: u32,
  fan_out: u32,
  weight: u32,
  bias: u32,
  gamma: u32,
  beta: u32,
  running_mean: u32,
  running_var: u32,
  has_bias: u32,
  has_relu: u32,
  has_batch_norm: u32,
  has_y_range: u32,
  low: f32,
  high: f32,
  eps: f32,
  to_output: u32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> params: array<vec4f>;
@group(1) @binding(2) var<storage, read> x: array<vec4f>;
@group(1) @binding(3) var<storage, read> running: array<vec4f>;
@group(1) @binding(4) var<storage, read_write> y: array<vec4f>;

fn finish(z: vec4f, column4: u32) -> vec4f {
  var v = z;
  if (dims.has_bias != 0u) {
    v += params[dims.bias + column4];
  }
  if (dims.has_relu != 0u) {
    v = max(v, vec4f());
  }
  if (dims.has_batch_norm != 0u) {
    let scale = params[dims.gamma + column4] * inverseSqrt(running[dims.running_var + column4] + dims.eps);
    v = fma(v - running[dims.running_mean + column4], scale, params[dims.beta + column4]);
  }
  if (dims.has_y_range != 0u) {
    v = dims.low + (dims.high - dims.low) * vec4f(sigmoid(v.x), sigmoid(v.y), sigmoid(v.z), sigmoid(v.w));
  }
  return select(vec4f(), v, vec4u(4u * column4) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.fan_out));
}

fn emit(row: u32, column4: u32, sums: vec4f) {
  let stride4 = (dims.fan_out + 3u) / 4u;
  if (column4 >= stride4) {
    return;
  }
  let at = (row + select(0u, step.output_row, dims.to_output != 0u)) * stride4 + column4;
  var z = sums;
  if (turn > 0u) {
    z += y[at];
  }
  if (turn + 1u == SLICES) {
    z = finish(z, column4);
  }
  y[at] = z;
}

@compute @workgroup_size(64)
fn lin_bn_drop_forward_eval(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let beside = BESIDE / SLICES;      // blocks
  let row = 64u * group.y + BLOCK_ROWS * (thread / BESIDE);
  let column4 = BLOCK_COLUMNS4 * (beside * group.x + thread % beside);
  product_nt(row, column4, step.rows, thread % BESIDE / beside);
}
