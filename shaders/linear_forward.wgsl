// linear_forward: y = y_range(relu(x · weightᵀ + bias)) of a folded Linear; relu and y_range may be off. One invocation
//   owns BLOCK_ROWS rows by 4 · BLOCK_COLUMNS4 columns.
// Shapes    x [rows, fan_in]  weight [fan_out, fan_in]  bias [fan_out]  y [rows, fan_out]; f32, row-major, rows padded
//           with zeros to a multiple of 4
// Bindings  params: the folded weights and biases by offset (in vec4)
// Dispatch  a workgroup owns 64 rows by 64 columns, or, of a narrow layer, one block of columns and as many rows as it has
//           invocations for: ceil(fan_out / 64) × ceil(rows / 64) × 1, or 1 × ceil(rows · LANES / (64 · BLOCK_ROWS)) × 1,
//           which the variant "staged" cannot
// Error     P = (fan_in + 1) · 2⁻²³ · (Σ|x·weight| + |bias|); y_range makes (high − low) · (P / 4 + 8 · 2⁻²³) +
//           2⁻²³ · |low| of it
// Source    torch.nn.Linear, ReLU, fastai SigmoidRange
// Parts     step, block, tile, eight, emit_tile, load_nt, share, slab, product_nt, linear_finish, sigmoid
// Variants  wide, staged
struct Dims {
  fan_in4: u32,
  fan_out: u32,
  weight: u32,
  bias: u32,
  has_relu: u32,
  has_y_range: u32,
  low: f32,
  high: f32,
  is_narrow: u32,      // fan_out is at most 4 · COLUMNS4
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> params: array<vec4f>;
@group(1) @binding(2) var<storage, read> x: array<vec4f>;
@group(1) @binding(3) var<storage, read_write> y: array<vec4f>;

fn emit(row: u32, column4: u32, sums: vec4f) {
  let stride4 = (dims.fan_out + 3u) / 4u;
  if (column4 < stride4) {
    y[row * stride4 + column4] = finish(sums, column4);
  }
}

@compute @workgroup_size(64)
fn linear_forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let beside = select(BESIDE, LANES, dims.is_narrow != 0u);   // invocations
  let row = BLOCK_ROWS * (64u / beside * group.y + thread / beside);
  let column4 = BLOCK_COLUMNS4 * (beside * group.x + thread % beside);
  product_nt(row, column4, step.rows, 0u);   // SLICES is 1: a row's sums must not depend on how many rows there are
}
